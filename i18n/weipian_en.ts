<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
 <context>
  <name>EvidencePanel</name>
  <message>
   <source>添加照片/文件…</source>
   <translation>Add photos/documents…</translation>
  </message>
  <message>
   <source>选择照片或文件作为举证；也可以把文件直接拖到这里</source>
   <translation>Choose photos or documents as evidence, or drag files here</translation>
  </message>
  <message>
   <source>添加照片或文件</source>
   <translation>Add photos or documents</translation>
  </message>
  <message>
   <source>方位角…</source>
   <translation>Direction…</translation>
  </message>
  <message>
   <source>手工填写所选照片的拍摄位置和方位角（打印时注明“手工”）</source>
   <translation>Enter position and direction of the selected photo by hand (printed as manual)</translation>
  </message>
  <message>
   <source>举证照片和文件</source>
   <translation>Evidence: photos and documents</translation>
  </message>
  <message>
   <source>打开</source>
   <translation>Open</translation>
  </message>
  <message>
   <source>拍摄方位…</source>
   <translation>Position and direction…</translation>
  </message>
  <message>
   <source>移出本图斑</source>
   <translation>Remove from this patch</translation>
  </message>
 </context>
 <context>
  <name>HeaderPanel</name>
  <message>
   <source>工作区、导入、套合、导出…</source>
   <translation>Workspace, import, overlay, export…</translation>
  </message>
  <message>
   <source>菜单</source>
   <translation>Menu</translation>
  </message>
  <message>
   <source>判定进度</source>
   <translation>Decided so far</translation>
  </message>
 </context>
 <context>
  <name>PatchPanel</name>
  <message>
   <source>复制图斑编号</source>
   <translation>Copy the patch id</translation>
  </message>
  <message>
   <source>等级由规则推出，下发数据未给</source>
   <translation>Level derived by rule, not in the delivery</translation>
  </message>
  <message>
   <source>等级随数据下发</source>
   <translation>Level as delivered</translation>
  </message>
 </context>
 <context>
  <name>QueueModel</name>
  <message>
   <source>级</source>
   <translation>Level</translation>
  </message>
  <message>
   <source>图斑</source>
   <translation>Patch</translation>
  </message>
  <message>
   <source>村</source>
   <translation>Village</translation>
  </message>
  <message>
   <source>亩</source>
   <translation>mu</translation>
  </message>
  <message>
   <source>状态</source>
   <translation>Status</translation>
  </message>
 </context>
 <context>
  <name>QueuePanel</name>
  <message>
   <source>筛选</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>编号、村</source>
   <translation>Id, village</translation>
  </message>
  <message>
   <source>搜索编号、村</source>
   <translation>Search by id or village</translation>
  </message>
  <message>
   <source>图斑队列</source>
   <translation>Queue of patches</translation>
  </message>
  <message>
   <source>没有符合条件的图斑。可换一个筛选，或清空搜索。</source>
   <translation>No patch matches. Choose another filter or clear the search.</translation>
  </message>
 </context>
 <context>
  <name>ChoiceForm</name>
  <message>
   <source>细类</source>
   <translation>Sub-type</translation>
  </message>
  <message>
   <source>依据</source>
   <translation>Basis</translation>
  </message>
  <message>
   <source>与建议不一致，写一句核实到的事实</source>
   <translation>Against the advice: one sentence on what was found</translation>
  </message>
  <message>
   <source>与建议不一致的理由</source>
   <translation>Reason for deciding against the advice</translation>
  </message>
  <message>
   <source>理由</source>
   <translation>Reason</translation>
  </message>
  <message>
   <source>（未选细类）</source>
   <translation>(no sub-type)</translation>
  </message>
  <message>
   <source>文号、条款或核实情况</source>
   <translation>Document number, clause or finding</translation>
  </message>
 </context>
 <context>
  <name>Advise</name>
  <message>
   <source>判定建议</source>
   <translation>Advice</translation>
  </message>
  <message>
   <source>按规则包给出每个图斑的建议、依据、数字和缺少的举证；只是建议，由人判定。</source>
   <translation>Says for each patch where the rules point, on which grounds and numbers, and what evidence is missing. Advice only: a person decides.</translation>
  </message>
 </context>
 <context>
  <name>ApplyDecisions</name>
  <message>
   <source>按表登记判定与查处整改</source>
   <translation>Apply decisions from a table</translation>
  </message>
  <message>
   <source>逐行登记判定、查处整改步骤和附件（csv 或 xlsx，首行为列名）；不符合流程的行会列出原因，不会写入。</source>
   <translation>Applies verdicts, case steps and attachments row by row (csv or xlsx, header first). Rows that do not fit the procedure are listed with the reason and change nothing.</translation>
  </message>
  <message>
   <source>判定表（csv、xlsx）</source>
   <translation>Table of decisions (csv, xlsx)</translation>
  </message>
 </context>
 <context>
  <name>AttachPhotos</name>
  <message>
   <source>附照片文件夹</source>
   <translation>Attach photos</translation>
  </message>
  <message>
   <source>把文件夹里的现场照片和文件复制进工作区，按编号、位置和方位角归到图斑；归不上的列出来。</source>
   <translation>Copies site photos and documents into the workspace and lays them on patches by id, position and direction; what fits nowhere is listed.</translation>
  </message>
  <message>
   <source>照片文件夹</source>
   <translation>Folder of photos</translation>
  </message>
 </context>
 <context>
  <name>WeipianAlgorithm</name>
  <message>
   <source>工作区文件夹</source>
   <translation>Workspace folder</translation>
  </message>
 </context>
 <context>
  <name>ExportReport</name>
  <message>
   <source>导出成果</source>
   <translation>Export report</translation>
  </message>
  <message>
   <source>一键导出台账、图斑核查表 PDF、举证材料、成果图层和校验清单。范围：all、open、batch:批次名、month:2026-05、year:2026。</source>
   <translation>Exports the ledger, a PDF sheet per patch, the evidence folders, result layers and a manifest of hashes. Scope: all, open, batch:name, month:2026-05, year:2026.</translation>
  </message>
  <message>
   <source>输出文件夹</source>
   <translation>Output folder</translation>
  </message>
  <message>
   <source>范围</source>
   <translation>Scope</translation>
  </message>
  <message>
   <source>图斑核查表 PDF</source>
   <translation>Patch sheets (PDF)</translation>
  </message>
  <message>
   <source>举证材料包</source>
   <translation>Evidence package</translation>
  </message>
 </context>
 <context>
  <name>RenderSheets</name>
  <message>
   <source>核查表出图（内部）</source>
   <translation>Draw sheets (internal)</translation>
  </message>
  <message>
   <source>由导出成果调用。</source>
   <translation>Called by the export.</translation>
  </message>
  <message>
   <source>任务文件</source>
   <translation>Job file</translation>
  </message>
 </context>
 <context>
  <name>ImportClues</name>
  <message>
   <source>导入线索</source>
   <translation>Import clues</translation>
  </message>
  <message>
   <source>逐行登记巡查、网格员报告、群众举报的线索（xlsx、csv、GeoJSON 等；列：来源、发现人、发现时间、制止时间、报告时间、三级网格长、四级网格员、村、说明、经度、纬度或 WKT）。线索不计入下发图斑和填报率；登记过的不重复登记。</source>
   <translation>Registers clues of patrols, grid workers and the public row by row (xlsx, csv, GeoJSON …; columns: source, finder, times found, stopped and reported, grid levels 3 and 4, village, note, longitude, latitude or WKT). Clues are in no issued count and in no filing rate; one that is registered already is not registered twice.</translation>
  </message>
  <message>
   <source>没有“来源”列时的来源（巡查、网格员报告、群众举报）</source>
   <translation>Source of rows without a source column (巡查 patrol, 网格员报告 grid report, 群众举报 public report)</translation>
  </message>
  <message>
   <source>线索表或线索图层</source>
   <translation>Table or layer of clues</translation>
  </message>
 </context>
 <context>
  <name>ImportPatches</name>
  <message>
   <source>导入图斑</source>
   <translation>Import patches</translation>
  </message>
  <message>
   <source>把下发的图斑（Shapefile、GDB、GeoPackage、zip 等）检查后导入工作区；工作区不存在时新建。</source>
   <translation>Checks a delivery (shapefile, FileGDB, GeoPackage, zip …) and imports it into the workspace, which is made when there is none.</translation>
  </message>
  <message>
   <source>下发数据（文件、文件夹或 zip）</source>
   <translation>Delivery (file, folder or zip)</translation>
  </message>
  <message>
   <source>工作区文件夹</source>
   <translation>Workspace folder</translation>
  </message>
  <message>
   <source>批次名称</source>
   <translation>Name of the batch</translation>
  </message>
 </context>
 <context>
  <name>ImportStatus</name>
  <message>
   <source>导入平台状态表</source>
   <translation>Import a status table of the platform</translation>
  </message>
  <message>
   <source>按图斑编号读入官方平台导出的状态表（xlsx、csv 等）：填报状态、审核阶段、打回状态、退回原因。审核状态按平台更新；不认识的编号、代码和相互矛盾的行列出，不猜测。</source>
   <translation>Reads a status table exported from the official platform (xlsx, csv …) by patch number: filing state, stage of review, return state, reason of return. The review follows the platform; unknown numbers, unknown codes and contradictory rows are listed, never guessed.</translation>
  </message>
  <message>
   <source>状态表（xlsx、csv）</source>
   <translation>Status table (xlsx, csv)</translation>
  </message>
 </context>
 <context>
  <name>OverlayPatches</name>
  <message>
   <source>套合分析</source>
   <translation>Overlay patches</translation>
  </message>
  <message>
   <source>把工作区里的图斑与地类、永农、红线、开发边界和审批图层套合，按椭球面积统计；审批登记表（xlsx、csv）按位置、文号、村名和姓名与图斑对应。没有给出图层时用工作区已有的图层。</source>
   <translation>Overlays the patches with land use, permanent basic farmland, ecological red line, urban boundary and approvals; areas are ellipsoidal. Approval registers (xlsx, csv) are matched to patches by location, document number, village and name. Without layers the ones of the workspace are used.</translation>
  </message>
  <message>
   <source>其他图层（JSON：角色 → source、layer、class_field、scheme、crs；审批类可以是登记表）</source>
   <translation>Other layers (JSON: role → source, layer, class_field, scheme, crs; approvals may be registers)</translation>
  </message>
  <message>
   <source>图层方案（名称或方案文件）</source>
   <translation>Layer profile (name or profile file)</translation>
  </message>
  <message>
   <source>耕地口径：gross 毛面积 / net 扣除田坎，空为不改变</source>
   <translation>Cropland: gross / net of field ridges, empty keeps it</translation>
  </message>
  <message>
   <source>问题的回答（JSON，例如 landuse_scheme）</source>
   <translation>Answers to questions (JSON, e.g. landuse_scheme)</translation>
  </message>
 </context>
 <context>
  <name>WeipianProvider</name>
  <message>
   <source>卫片执法助手</source>
   <translation>Weipian</translation>
  </message>
 </context>
 <context>
  <name>VerifyWorkspace</name>
  <message>
   <source>核验工作区</source>
   <translation>Verify workspace</translation>
  </message>
  <message>
   <source>核验日志链、记录、举证文件的校验值、面积平衡和孤立文件。</source>
   <translation>Checks journal chains, records, hashes of evidence, the sum of areas and orphaned files.</translation>
  </message>
 </context>
</TS>

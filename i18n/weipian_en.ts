<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
 <context>
  <name>AdvicePanel</name>
  <message>
   <source>出处</source>
   <translation>Source</translation>
  </message>
  <message>
   <source>可能被退回：</source>
   <translation>May be returned: </translation>
  </message>
 </context>
 <context>
  <name>CompareView</name>
  <message>
   <source>退出并排 ✕</source>
   <translation>Leave side by side ✕</translation>
  </message>
  <message>
   <source>退出并排</source>
   <translation>Leave side by side</translation>
  </message>
 </context>
 <context>
  <name>Comparison</name>
  <message>
   <source>没有两期影像可对比，请先在“图层与套合”中指定前时相和后时相影像；已从图层树移除的，点“重新读取”</source>
   <translation>There are no two dates to compare. Set the before-image and the after-image first; if a layer was taken out of the tree, choose “Read anew”</translation>
  </message>
 </context>
 <context>
  <name>CompareWork</name>
  <message>
   <source>周边</source>
   <translation>Surroundings</translation>
  </message>
  <message>
   <source>（{} 移动）</source>
   <translation> ({} moves it)</translation>
  </message>
  <message>
   <source>往期 {id}</source>
   <translation>Earlier {id}</translation>
  </message>
 </context>
 <context>
  <name>DeskWork</name>
  <message>
   <source>卫片：进入核查</source>
   <translation>Weipian: enter review</translation>
  </message>
  <message>
   <source>按回车继续上次的图斑，或点一项待办。</source>
   <translation>Press Enter to go on with the last patch, or click something to do.</translation>
  </message>
  <message>
   <source>再按一次 Esc 退出核查模式</source>
   <translation>Press Esc again to leave the review mode</translation>
  </message>
  <message>
   <source>先选判定（1 合法、2 违法、3 其他），再选细类。</source>
   <translation>Choose a verdict first (1 legal, 2 illegal, 3 other), then its sub-type.</translation>
  </message>
  <message>
   <source>有未提交的改动，已保留</source>
   <translation>Changes that were not submitted are kept</translation>
  </message>
 </context>
 <context>
  <name>ImageForm</name>
  <message>
   <source>所选影像</source>
   <translation>Selected image</translation>
  </message>
  <message>
   <source>全部批次</source>
   <translation>All batches</translation>
  </message>
  <message>
   <source>其他坐标系…</source>
   <translation>Other CRS…</translation>
  </message>
  <message>
   <source>保存修改</source>
   <translation>Save changes</translation>
  </message>
  <message>
   <source>移除</source>
   <translation>Remove</translation>
  </message>
  <message>
   <source>生成金字塔（大影像整体浏览更快）</source>
   <translation>Build overviews (large images show faster as a whole)</translation>
  </message>
  <message>
   <source>底图不标日期</source>
   <translation>A base map bears no date</translation>
  </message>
  <message>
   <source>例如 2026-05-01；空着则用下发标注的日期</source>
   <translation>For example 2026-05-01; empty: the date given in the delivery</translation>
  </message>
  <message>
   <source>影像自带</source>
   <translation>From the image</translation>
  </message>
  <message>
   <source>时相</source>
   <translation>Image date</translation>
  </message>
  <message>
   <source>批次</source>
   <translation>Batch</translation>
  </message>
  <message>
   <source>拍摄日期</source>
   <translation>Acquired on</translation>
  </message>
  <message>
   <source>坐标系</source>
   <translation>CRS</translation>
  </message>
  <message>
   <source>{}（{}），可以改</source>
   <translation>{} ({}), can be changed</translation>
  </message>
 </context>
 <context>
  <name>ImageMarkDialog</name>
  <message>
   <source>标记影像问题</source>
   <translation>Mark a problem of the image</translation>
  </message>
  <message>
   <source>（没有问题，清除标记）</source>
   <translation>(no problem, clear the mark)</translation>
  </message>
  <message>
   <source>例如 东侧三分之一被云遮住</source>
   <translation>For example: the eastern third is under cloud</translation>
  </message>
  <message>
   <source>保存</source>
   <translation>Save</translation>
  </message>
  <message>
   <source>取消</source>
   <translation>Cancel</translation>
  </message>
  <message>
   <source>时相</source>
   <translation>Image date</translation>
  </message>
  <message>
   <source>理由</source>
   <translation>Reason</translation>
  </message>
  <message>
   <source>说明</source>
   <translation>Note</translation>
  </message>
  <message>
   <source>可用</source>
   <translation>Usable</translation>
  </message>
  <message>
   <source>现在：{}，日期 {}{}</source>
   <translation>Now: {}, date {}{}</translation>
  </message>
  <message>
   <source>图斑 {}</source>
   <translation>Patch {}</translation>
  </message>
  <message>
   <source>，{} 标记</source>
   <translation>, marked by {}</translation>
  </message>
 </context>
 <context>
  <name>ImageryDialog</name>
  <message>
   <source>时相</source>
   <translation>Image date</translation>
  </message>
  <message>
   <source>批次</source>
   <translation>Batch</translation>
  </message>
  <message>
   <source>影像</source>
   <translation>Image</translation>
  </message>
  <message>
   <source>日期</source>
   <translation>Date</translation>
  </message>
  <message>
   <source>坐标系</source>
   <translation>CRS</translation>
  </message>
  <message>
   <source>大小</source>
   <translation>Size</translation>
  </message>
  <message>
   <source>图斑</source>
   <translation>Patches</translation>
  </message>
  <message>
   <source>影像清单</source>
   <translation>Images</translation>
  </message>
  <message>
   <source>只读取影像，不在影像旁边写任何文件。文件夹里的影像会拼在一起显示。</source>
   <translation>Images are only read; nothing is written beside them. The images of a folder are shown as one mosaic.</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>全部批次</source>
   <translation>All batches</translation>
  </message>
  <message>
   <source>不详</source>
   <translation>unknown</translation>
  </message>
  <message>
   <source>添加影像</source>
   <translation>Add images</translation>
  </message>
  <message>
   <source>影像文件夹</source>
   <translation>Folder of images</translation>
  </message>
  <message>
   <source>正在读取影像</source>
   <translation>Reading the images</translation>
  </message>
  <message>
   <source>正在生成影像金字塔</source>
   <translation>Building overviews</translation>
  </message>
  <message>
   <source>添加文件…</source>
   <translation>Add files…</translation>
  </message>
  <message>
   <source>添加文件夹…</source>
   <translation>Add a folder…</translation>
  </message>
  <message>
   <source>添加在线地图…</source>
   <translation>Add an online map…</translation>
  </message>
  <message>
   <source>随下发标注</source>
   <translation>as delivered</translation>
  </message>
  <message>
   <source>还没有影像。添加前时相、后时相影像后，面板才能对比；没有影像也可以判定，但会注明。</source>
   <translation>No images yet. Comparing needs a before-image and an after-image; judging works without, and says so.</translation>
  </message>
  <message>
   <source>所有文件</source>
   <translation>All files</translation>
  </message>
  <message>
   <source>已移除“{}”，影像文件没有动。</source>
   <translation>“{}” was removed; the image file is untouched.</translation>
  </message>
  <message>
   <source>{} 个影像的金字塔已生成，放在本机缓存里，没有改动影像文件夹。</source>
   <translation>Overviews of {} images were built in this computer's cache; the image folder is unchanged.</translation>
  </message>
  <message>
   <source>从坐标数值看，可能是 {}，请核对后在“坐标系”里选择。</source>
   <translation>The coordinates look like {}. Check, then choose it under “CRS”.</translation>
  </message>
 </context>
 <context>
  <name>PacksDialog</name>
  <message>
   <source>规则包</source>
   <translation>Rule packs</translation>
  </message>
  <message>
   <source>有哪些规则包</source>
   <translation>Packs</translation>
  </message>
  <message>
   <source>各批次用哪个</source>
   <translation>Pack of each batch</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>名称</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>编号</source>
   <translation>Id</translation>
  </message>
  <message>
   <source>版本</source>
   <translation>Version</translation>
  </message>
  <message>
   <source>来自</source>
   <translation>From</translation>
  </message>
  <message>
   <source>检查</source>
   <translation>Check</translation>
  </message>
  <message>
   <source>规则包清单</source>
   <translation>List of rule packs</translation>
  </message>
  <message>
   <source>文件</source>
   <translation>File</translation>
  </message>
  <message>
   <source>行</source>
   <translation>Line</translation>
  </message>
  <message>
   <source>项</source>
   <translation>Field</translation>
  </message>
  <message>
   <source>问题，应当怎样写</source>
   <translation>Problem and what would be right</translation>
  </message>
  <message>
   <source>检查出的问题</source>
   <translation>Problems found</translation>
  </message>
  <message>
   <source>重新检查</source>
   <translation>Check again</translation>
  </message>
  <message>
   <source>改过文件以后再检查一遍</source>
   <translation>Check once more after editing the files</translation>
  </message>
  <message>
   <source>打开文件夹</source>
   <translation>Open folder</translation>
  </message>
  <message>
   <source>看这个规则包的文件</source>
   <translation>Look at the files of this pack</translation>
  </message>
  <message>
   <source>新批次用它</source>
   <translation>Use for new batches</translation>
  </message>
  <message>
   <source>以后导入的批次按这个规则包判定；已有批次不变</source>
   <translation>Batches imported from now on are judged by this pack; existing ones stay</translation>
  </message>
  <message>
   <source>本单位规则包…</source>
   <translation>Packs of this office…</translation>
  </message>
  <message>
   <source>本单位自己的规则包放在哪个文件夹（各工作区共用）</source>
   <translation>Where the office keeps its own packs (for all workspaces)</translation>
  </message>
  <message>
   <source>批次保存着自己的规则包副本：换电脑、更新插件都不会改变建议。换用以后已作的判定不变，可以用“撤销”换回来。</source>
   <translation>A batch keeps a copy of its pack: another PC or a plugin update changes no advice. After a change the verdicts stay as they are; undo takes it back.</translation>
  </message>
  <message>
   <source>批次</source>
   <translation>Batch</translation>
  </message>
  <message>
   <source>现用</source>
   <translation>Now</translation>
  </message>
  <message>
   <source>换成</source>
   <translation>Change to</translation>
  </message>
  <message>
   <source>各批次的规则包</source>
   <translation>Packs of the batches</translation>
  </message>
  <message>
   <source>换用</source>
   <translation>Change</translation>
  </message>
  <message>
   <source>所选批次以后按“换成”里的规则包给出建议</source>
   <translation>From now on the chosen batch is advised by the pack on the right</translation>
  </message>
  <message>
   <source>看差异…</source>
   <translation>Differences…</translation>
  </message>
  <message>
   <source>先看换用以后哪些图斑的建议不同；不改动任何内容</source>
   <translation>See first which patches would be advised differently; nothing is changed</translation>
  </message>
  <message>
   <source>本单位规则包所在的文件夹</source>
   <translation>Folder with the packs of this office</translation>
  </message>
  <message>
   <source>没有底本</source>
   <translation>No base</translation>
  </message>
  <message>
   <source>依据：</source>
   <translation>Based on:</translation>
  </message>
  <message>
   <source>没有来源核实的条目在界面上注明“未经核实”。</source>
   <translation>Entries that no source confirms are marked as unverified.</translation>
  </message>
  <message>
   <source>找到 {count} 个新的规则包。</source>
   <translation>{count} new packs found.</translation>
  </message>
  <message>
   <source>这个文件夹里没有新的规则包；每个规则包是一个有 pack.yaml 的文件夹。</source>
   <translation>No new packs in this folder; each pack is a folder with a pack.yaml.</translation>
  </message>
  <message>
   <source>用于批次：{names}</source>
   <translation>Used by batches: {names}</translation>
  </message>
  <message>
   <source>已换用 {name}，可用“撤销”换回来。</source>
   <translation>Changed to {name}; undo takes it back.</translation>
  </message>
  <message>
   <source>以后导入的批次用 {name}。</source>
   <translation>Batches imported from now on use {name}.</translation>
  </message>
  <message>
   <source>新批次用</source>
   <translation>for new batches</translation>
  </message>
  <message>
   <source>以 {names} 为底本</source>
   <translation>Based on {names}</translation>
  </message>
  <message>
   <source>（没有）</source>
   <translation>(none)</translation>
  </message>
  <message>
   <source>{name} 换成</source>
   <translation>Change {name} to</translation>
  </message>
  <message>
   <source>，尚未固定</source>
   <translation>, not fixed yet</translation>
  </message>
 </context>
 <context>
  <name>DifferenceModel</name>
  <message>
   <source>图斑编号</source>
   <translation>Patch</translation>
  </message>
  <message>
   <source>村</source>
   <translation>Village</translation>
  </message>
  <message>
   <source>已作判定</source>
   <translation>Verdict</translation>
  </message>
  <message>
   <source>现用的建议</source>
   <translation>Advice now</translation>
  </message>
  <message>
   <source>另一包的建议</source>
   <translation>Advice of the other pack</translation>
  </message>
  <message>
   <source>规则增减</source>
   <translation>Rules added, dropped</translation>
  </message>
  <message>
   <source>材料增减</source>
   <translation>Evidence added, dropped</translation>
  </message>
  <message>
   <source>未判定</source>
   <translation>not judged</translation>
  </message>
  <message>
   <source>（相反）</source>
   <translation> (opposite)</translation>
  </message>
 </context>
 <context>
  <name>CompareDialog</name>
  <message>
   <source>换规则包对比</source>
   <translation>Compare rule packs</translation>
  </message>
  <message>
   <source>全部批次</source>
   <translation>All batches</translation>
  </message>
  <message>
   <source>批次</source>
   <translation>Batch</translation>
  </message>
  <message>
   <source>另一个规则包</source>
   <translation>Other pack</translation>
  </message>
  <message>
   <source>只比较建议，不写判定。单击一行，面板转到该图斑。</source>
   <translation>Compares advice only, writes no verdict. Click a row to see the patch in the panel.</translation>
  </message>
  <message>
   <source>只看</source>
   <translation>Show only</translation>
  </message>
  <message>
   <source>建议不同的图斑</source>
   <translation>Patches advised differently</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>开始对比</source>
   <translation>Compare</translation>
  </message>
  <message>
   <source>存为网页</source>
   <translation>Save as page</translation>
  </message>
  <message>
   <source>对比</source>
   <translation>Comparing</translation>
  </message>
  <message>
   <source>全部不同（{count}）</source>
   <translation>All that differ ({count})</translation>
  </message>
  <message>
   <source>已存：{path}</source>
   <translation>Saved: {path}</translation>
  </message>
  <message>
   <source>与已作判定相反（{count}）</source>
   <translation>Against the verdict ({count})</translation>
  </message>
 </context>
 <context>
  <name>OfferBar</name>
  <message>
   <source>规则包有改动</source>
   <translation>The rule pack changed</translation>
  </message>
  <message>
   <source>看差异</source>
   <translation>Differences</translation>
  </message>
  <message>
   <source>用新的规则包重新给出建议，列出不同的图斑；不作改动</source>
   <translation>Advise again with the new pack and list the patches that differ; nothing is changed</translation>
  </message>
  <message>
   <source>换用</source>
   <translation>Change</translation>
  </message>
  <message>
   <source>本批次以后按新的规则包给出建议；已作的判定不变，可以撤销</source>
   <translation>From now on this batch is advised by the new pack; verdicts stay, undo takes it back</translation>
  </message>
  <message>
   <source>不换</source>
   <translation>Keep</translation>
  </message>
  <message>
   <source>本批次仍按现用的规则包；同一改动不再提示</source>
   <translation>This batch keeps its pack; the same change is not offered again</translation>
  </message>
 </context>
 <context>
  <name>PatchFactsDialog</name>
  <message>
   <source>（未知）</source>
   <translation>(unknown)</translation>
  </message>
  <message>
   <source>村（社区）</source>
   <translation>Village (community)</translation>
  </message>
  <message>
   <source>责任人</source>
   <translation>Person responsible</translation>
  </message>
  <message>
   <source>办理期限</source>
   <translation>Due date</translation>
  </message>
  <message>
   <source>采用面积（亩）</source>
   <translation>Area adopted (mu)</translation>
  </message>
  <message>
   <source>采用的理由</source>
   <translation>Why it is adopted</translation>
  </message>
  <message>
   <source>例如：勘测定界面积，文号</source>
   <translation>For example: area of the boundary survey, document number</translation>
  </message>
  <message>
   <source>图斑分类</source>
   <translation>Monitoring class</translation>
  </message>
  <message>
   <source>监测等级</source>
   <translation>Monitoring level</translation>
  </message>
  <message>
   <source>拆分出的图斑面积之和要与原图斑相等，不能单独改。</source>
   <translation>The areas of split plots must add up to the patch; one alone cannot be changed.</translation>
  </message>
  <message>
   <source>图斑信息 · …{number}</source>
   <translation>Patch details · …{number}</translation>
  </message>
  <message>
   <source>不填就用计算面积 {area:.2f}</source>
   <translation>Empty: the computed area {area:.2f}</translation>
  </message>
  <message>
   <source>现在采用的是{source}面积 {area:.2f} 亩。</source>
   <translation>Adopted now: {area:.2f} mu ({source} area).</translation>
  </message>
  <message>
   <source>没有写采用这个面积的理由</source>
   <translation>The reason for adopting this area is missing</translation>
  </message>
 </context>
 <context>
  <name>WhoDialog</name>
  <message>
   <source>现在由谁操作</source>
   <translation>Who is at the keyboard</translation>
  </message>
  <message>
   <source>姓名写入每一条操作记录。这里不验证身份，不能证明坐在这里的是谁。</source>
   <translation>The name goes into every journal entry. Identity is not checked; this does not prove who sits here.</translation>
  </message>
  <message>
   <source>姓名</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>岗位</source>
   <translation>Role</translation>
  </message>
 </context>
 <context>
  <name>RevisionDialog</name>
  <message>
   <source>清单里没有时在这里写</source>
   <translation>Write it here if it is not in the list</translation>
  </message>
  <message>
   <source>例如 渝北规资函〔2026〕12号</source>
   <translation>For example 渝北规资函〔2026〕12号</translation>
  </message>
  <message>
   <source>已查处或上报后改判，要有理由、依据文件和另一位复核人，并列入改判清单。</source>
   <translation>Changing the verdict after investigation or submission needs a reason, a document and a second person, and is put on the list of changed verdicts.</translation>
  </message>
  <message>
   <source>改判</source>
   <translation>Change the verdict</translation>
  </message>
  <message>
   <source>（没有附件，只写文号）</source>
   <translation>(no file, number only)</translation>
  </message>
  <message>
   <source>（本图斑还没有文件）</source>
   <translation>(this patch has no files yet)</translation>
  </message>
  <message>
   <source>改判理由</source>
   <translation>Reason for the change</translation>
  </message>
  <message>
   <source>说明</source>
   <translation>Note</translation>
  </message>
  <message>
   <source>文号</source>
   <translation>Document number</translation>
  </message>
  <message>
   <source>附件</source>
   <translation>File</translation>
  </message>
  <message>
   <source>复核人</source>
   <translation>Second person</translation>
  </message>
  <message>
   <source>还缺</source>
   <translation>Missing</translation>
  </message>
 </context>
 <context>
  <name>ReturnDialog</name>
  <message>
   <source>退回理由</source>
   <translation>Reason for returning</translation>
  </message>
  <message>
   <source>补充一句；清单里没有的理由也写在这里</source>
   <translation>Add a sentence; reasons that are not in the list go here too</translation>
  </message>
  <message>
   <source>说明</source>
   <translation>Note</translation>
  </message>
  <message>
   <source>内审退回</source>
   <translation>Return (internal check)</translation>
  </message>
 </context>
 <context>
  <name>RevisionsDialog</name>
  <message>
   <source>改判清单</source>
   <translation>Changed verdicts</translation>
  </message>
  <message>
   <source>还没有改判。已制止、立案、移交或上报之后把“违法”改为其他，会列在这里。</source>
   <translation>No verdict was changed yet. Changes from “illegal” after a stop order, filing, transfer or submission are listed here.</translation>
  </message>
  <message>
   <source>复制表格</source>
   <translation>Copy the table</translation>
  </message>
  <message>
   <source>另存为…</source>
   <translation>Save as…</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>另存改判清单</source>
   <translation>Save the list of changed verdicts</translation>
  </message>
 </context>
 <context>
  <name>TileDialog</name>
  <message>
   <source>添加在线地图</source>
   <translation>Add an online map</translation>
  </message>
  <message>
   <source>其他地址（XYZ 或 WMTS）</source>
   <translation>Other address (XYZ or WMTS)</translation>
  </message>
  <message>
   <source>XYZ 地址（含 {z}、{x}、{y}）或 WMTS 地址</source>
   <translation>XYZ address (with {z}, {x}, {y}) or WMTS address</translation>
  </message>
  <message>
   <source>底图（日期不详，不能当前/后时相）</source>
   <translation>Base map (date unknown, never a before- or after-image)</translation>
  </message>
  <message>
   <source>全部批次</source>
   <translation>All batches</translation>
  </message>
  <message>
   <source>显示时会联网，只有选了在线地图才会。密钥要自己申请，只存在 QGIS 的认证库里（加密），不写进工作区、工程和日志。涉密数据请不要与在线地图一起打开。</source>
   <translation>Showing it uses the network; nothing else does. Apply for a key of your own; it is kept only in the QGIS authentication database (encrypted), never in the workspace, the project or the log. Do not open classified data together with an online map.</translation>
  </message>
  <message>
   <source>添加</source>
   <translation>Add</translation>
  </message>
  <message>
   <source>取消</source>
   <translation>Cancel</translation>
  </message>
  <message>
   <source>已存有密钥，空着就用它</source>
   <translation>A key is stored; empty: use it</translation>
  </message>
  <message>
   <source>需要时填写自己的密钥（tk）</source>
   <translation>Your own key (tk), if one is needed</translation>
  </message>
  <message>
   <source>服务</source>
   <translation>Service</translation>
  </message>
  <message>
   <source>地址</source>
   <translation>Address</translation>
  </message>
  <message>
   <source>名称</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>密钥</source>
   <translation>Key</translation>
  </message>
  <message>
   <source>用作</source>
   <translation>Use as</translation>
  </message>
  <message>
   <source>拍摄日期</source>
   <translation>Acquired on</translation>
  </message>
  <message>
   <source>批次</source>
   <translation>Batch</translation>
  </message>
  <message>
   <source>天地图需要密钥（tk）：请在天地图网站注册后申请，再填到“密钥”里。</source>
   <translation>Tianditu needs a key (tk): register on its site, apply for one and enter it under “Key”.</translation>
  </message>
  <message>
   <source>▲ 这是 {}：图上位置偏移几百米，与图斑对不上，不能用来量算、描边或判断占用。</source>
   <translation>▲ This is {}: it is shifted by hundreds of metres and does not match the patches. Never measure, trace or judge occupation by it.</translation>
  </message>
  <message>
   <source>{}（知道拍摄日期）</source>
   <translation>{} (acquisition date known)</translation>
  </message>
 </context>
 <context>
  <name>WeipianDock</name>
  <message>
   <source>卫片执法</source>
   <translation>Satellite patches</translation>
  </message>
  <message>
   <source>队列</source>
   <translation>Queue</translation>
  </message>
  <message>
   <source>判定内容</source>
   <translation>Decision</translation>
  </message>
  <message>
   <source>审批</source>
   <translation>Approvals</translation>
  </message>
  <message>
   <source>举证</source>
   <translation>Evidence</translation>
  </message>
  <message>
   <source>查处整改</source>
   <translation>Case and rectification</translation>
  </message>
  <message>
   <source>下一步</source>
   <translation>Next step</translation>
  </message>
  <message>
   <source> · 核查模式</source>
   <translation> · review mode</translation>
  </message>
 </context>
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
   <source>举证照片和文件</source>
   <translation>Evidence: photos and documents</translation>
  </message>
  <message>
   <source>拍摄方位…</source>
   <translation>Position and direction…</translation>
  </message>
  <message>
   <source>文号和日期…</source>
   <translation>Number and date…</translation>
  </message>
  <message>
   <source>方位角…</source>
   <translation>Direction…</translation>
  </message>
  <message>
   <source>文号…</source>
   <translation>Number…</translation>
  </message>
  <message>
   <source>手工填写所选照片的拍摄位置和方位角（打印时注明“手工”）</source>
   <translation>Enter position and direction of the selected photo by hand (printed as manual)</translation>
  </message>
  <message>
   <source>填写所选文件的文号、日期和批准面积，核查表和填报抄录会用到</source>
   <translation>Number, date and approved area of the chosen document, for patch sheets and copying into the platform</translation>
  </message>
  <message>
   <source>打开</source>
   <translation>Open</translation>
  </message>
  <message>
   <source>移出本图斑</source>
   <translation>Remove from this patch</translation>
  </message>
 </context>
 <context>
  <name>FactCommands</name>
  <message>
   <source>已保存图斑信息</source>
   <translation>Patch details saved</translation>
  </message>
 </context>
 <context>
  <name>FillPage</name>
  <message>
   <source>填报抄录</source>
   <translation>Copy into the platform</translation>
  </message>
  <message>
   <source>平台</source>
   <translation>Platform</translation>
  </message>
  <message>
   <source>已抄字段</source>
   <translation>Fields copied</translation>
  </message>
  <message>
   <source>复制下一项（空格）</source>
   <translation>Copy the next field (Space)</translation>
  </message>
  <message>
   <source>平台字段，按平台的顺序</source>
   <translation>Fields in the platform's order</translation>
  </message>
  <message>
   <source>取出照片和附件…</source>
   <translation>Take photos and files out…</translation>
  </message>
  <message>
   <source>存为网页…</source>
   <translation>Save as a web page…</translation>
  </message>
  <message>
   <source>在别的电脑上填报时用：存到 U 盘，用浏览器打开，不需要联网</source>
   <translation>For filling in on another PC: save to a USB stick, open in a browser, no network needed</translation>
  </message>
  <message>
   <source>已判定的都存…</source>
   <translation>Save all judged…</translation>
  </message>
  <message>
   <source>本批次已判定的图斑存在一个网页里</source>
   <translation>The judged patches of this batch in one web page</translation>
  </message>
  <message>
   <source>平台字段</source>
   <translation>Field</translation>
  </message>
  <message>
   <source>内容</source>
   <translation>Content</translation>
  </message>
  <message>
   <source>◂ 上一个图斑</source>
   <translation>◂ Previous patch</translation>
  </message>
  <message>
   <source>下一个图斑 ▸</source>
   <translation>Next patch ▸</translation>
  </message>
  <message>
   <source>重新抄</source>
   <translation>Start over</translation>
  </message>
  <message>
   <source>复制</source>
   <translation>Copy </translation>
  </message>
  <message>
   <source>✔ 本图斑的字段都抄完了</source>
   <translation>✔ All fields of this patch are copied</translation>
  </message>
  <message>
   <source>本图斑已抄 {done} / {total} 项</source>
   <translation>{done} / {total} fields of this patch copied</translation>
  </message>
  <message>
   <source>剪贴板：{label} = {text}</source>
   <translation>Clipboard: {label} = {text}</translation>
  </message>
  <message>
   <source>没有内容</source>
   <translation>No content</translation>
  </message>
 </context>
 <context>
  <name>FillWork</name>
  <message>
   <source>附件放到哪个文件夹</source>
   <translation>Folder for the files</translation>
  </message>
  <message>
   <source>取出照片和附件</source>
   <translation>Take photos and files out</translation>
  </message>
  <message>
   <source>存为网页</source>
   <translation>Save as a web page</translation>
  </message>
  <message>
   <source>网页 (*.html)</source>
   <translation>Web page (*.html)</translation>
  </message>
  <message>
   <source>已判定 {total} 个图斑，抄过 {begun} 个</source>
   <translation>{total} patches judged, {begun} begun</translation>
  </message>
  <message>
   <source>本图斑没有照片和附件。</source>
   <translation>This patch has no photos or files.</translation>
  </message>
  <message>
   <source>已取出 {count} 个文件到 {folder}</source>
   <translation>{count} files taken out to {folder}</translation>
  </message>
  <message>
   <source>还没有已判定的图斑。</source>
   <translation>No patch is judged yet.</translation>
  </message>
  <message>
   <source>已存 {count} 个图斑：{path}</source>
   <translation>{count} patches saved: {path}</translation>
  </message>
  <message>
   <source>本图斑还没有判定，判定的字段是空的</source>
   <translation>This patch is not judged yet; those fields are empty</translation>
  </message>
 </context>
 <context>
  <name>FilterPanel</name>
  <message>
   <source>筛选条件</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>筛选条件，空格勾选</source>
   <translation>Filter; Space ticks</translation>
  </message>
  <message>
   <source>清除</source>
   <translation>Clear</translation>
  </message>
  <message>
   <source>存为常用…</source>
   <translation>Save as preset…</translation>
  </message>
  <message>
   <source>删除常用</source>
   <translation>Remove preset</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>标记</source>
   <translation>Marks</translation>
  </message>
  <message>
   <source>“举证不全、未整改面积、与建议不一致”正在计算，数字会继续增加。</source>
   <translation>“Evidence incomplete”, “unrectified area” and “against advice” are being worked out; their counts still grow.</translation>
  </message>
  <message>
   <source>按每个图斑的建议和清单在后台计算</source>
   <translation>Worked out in the background from the advice and checklist of each patch</translation>
  </message>
 </context>
 <context>
  <name>Chips</name>
  <message>
   <source>去掉条件：{}</source>
   <translation>Drop the filter: {}</translation>
  </message>
 </context>
 <context>
  <name>Fold</name>
  <message>
   <source>已展开</source>
   <translation>open</translation>
  </message>
  <message>
   <source>已收起</source>
   <translation>folded</translation>
  </message>
  <message>
   <source>收起这一节</source>
   <translation>Fold this section</translation>
  </message>
  <message>
   <source>展开这一节</source>
   <translation>Open this section</translation>
  </message>
 </context>
 <context>
  <name>Gallery</name>
  <message>
   <source>卫片执法 · 画廊</source>
   <translation>Satellite patches · gallery</translation>
  </message>
  <message>
   <source>批量判定</source>
   <translation>Bulk decision</translation>
  </message>
  <message>
   <source>选中相同建议（Ctrl+A）</source>
   <translation>Select same advice (Ctrl+A)</translation>
  </message>
  <message>
   <source>撤销</source>
   <translation>Undo</translation>
  </message>
  <message>
   <source>图斑卡片：方向键移动，空格选中，回车打开</source>
   <translation>Patch cards: arrow keys move, Space selects, Enter opens</translation>
  </message>
  <message>
   <source>空格选中，回车打开。只能对建议相同、看过后时相影像的图斑一起判定；违法要逐个判。</source>
   <translation>Space selects, Enter opens. Only patches with the same advice whose after-image was seen can be decided together; illegal is decided one by one.</translation>
  </message>
  <message>
   <source>没有保存任何判定。</source>
   <translation>No decision was saved.</translation>
  </message>
  <message>
   <source>当前图斑没有明确的建议，不能按建议选。</source>
   <translation>The current patch has no clear advice to select by.</translation>
  </message>
  <message>
   <source> 等</source>
   <translation> and others</translation>
  </message>
  <message>
   <source>已判定 {} 个，可一步撤销。</source>
   <translation>{} decided; one undo takes them back.</translation>
  </message>
  <message>
   <source>其中 {} 个事实不齐，仍标存疑。</source>
   <translation>{} of them lack facts and stay in doubt.</translation>
  </message>
  <message>
   <source>未判 {} 个：{}{}</source>
   <translation>{} not decided: {}{}</translation>
  </message>
  <message>
   <source>判为{}</source>
   <translation>Decide: {}</translation>
  </message>
  <message>
   <source>已选 {} 个，建议不相同，不能一起判定。</source>
   <translation>{} selected with different advice; they cannot be decided together.</translation>
  </message>
  <message>
   <source>已选 {} 个。建议违法或没有明确建议的，要逐个判定。</source>
   <translation>{} selected. Patches advised as illegal or without clear advice are decided one by one.</translation>
  </message>
  <message>
   <source>已选 {} 个，建议都是{}。</source>
   <translation>{} selected, all advised: {}.</translation>
  </message>
 </context>
 <context>
  <name>GuidePanel</name>
  <message>
   <source>判定步骤</source>
   <translation>Steps of judging</translation>
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
   <source>换人</source>
   <translation>Change person</translation>
  </message>
  <message>
   <source>判定进度</source>
   <translation>Decided so far</translation>
  </message>
  <message>
   <source>现在由 {name}（{role}）操作，点一下换人</source>
   <translation>{name} ({role}) is at the keyboard; click to change</translation>
  </message>
  <message>
   <source>操作人 {name}，{role}</source>
   <translation>At the keyboard: {name}, {role}</translation>
  </message>
 </context>
 <context>
  <name>ImageryCommands</name>
  <message>
   <source>已清除影像标记。</source>
   <translation>Image mark cleared.</translation>
  </message>
  <message>
   <source>已标记影像问题（{}）。</source>
   <translation>Marked what is wrong with the image ({}).</translation>
  </message>
 </context>
 <context>
  <name>JudgingWork</name>
  <message>
   <source>现在由 {name}（{role}）操作</source>
   <translation>{name} ({role}) is at the keyboard now</translation>
  </message>
  <message>
   <source>判定步骤</source>
   <translation>Steps of judging</translation>
  </message>
  <message>
   <source>已重做</source>
   <translation>Redone</translation>
  </message>
  <message>
   <source>先在右边写好理由，再加进清单。</source>
   <translation>Write the reason on the right first, then add it to the list.</translation>
  </message>
  <message>
   <source>已转外业</source>
   <translation>Sent to the field</translation>
  </message>
  <message>
   <source>已保存</source>
   <translation>Saved</translation>
  </message>
 </context>
 <context>
  <name>KeyHelp</name>
  <message>
   <source>按键一览</source>
   <translation>Keys</translation>
  </message>
  <message>
   <source>改键：设置 → 键盘快捷键，搜索“卫片”。按任意键关闭。</source>
   <translation>To change keys: Settings → Keyboard Shortcuts, search for 卫片. Any key closes this.</translation>
  </message>
  <message>
   <source>进入核查模式：点一下面板，或按 {key}。正在填写的文字里按键只是文字，按回车或 Esc 回到核查。</source>
   <translation>To enter the review mode click into the panel or press {key}. In a text field keys are text; Enter or Esc goes back.</translation>
  </message>
 </context>
 <context>
  <name>KeyLabels</name>
  <message>
   <source>保存判定并到下一个未判定的图斑</source>
   <translation>Save the decision and go to the next patch without one</translation>
  </message>
  <message>
   <source>提交并下一个</source>
   <translation>Submit and next</translation>
  </message>
 </context>
 <context>
  <name>LayersGone</name>
  <message>
   <source>已从图层树移除：{}。数据不受影响；要找回来，点菜单里的“重新读取”。</source>
   <translation>Taken out of the layer tree: {}. No data is touched; “Read anew” in the menu brings it back.</translation>
  </message>
  <message>
   <source> 等 {} 个</source>
   <translation> and more, {} in all</translation>
  </message>
 </context>
 <context>
  <name>QueueReading</name>
  <message>
   <source>读取图斑队列</source>
   <translation>Reading the queue of patches</translation>
  </message>
 </context>
 <context>
  <name>PackWork</name>
  <message>
   <source>批次“{name}”已换用 {pack}，可撤销。</source>
   <translation>Batch {name} now uses {pack}; it can be undone.</translation>
  </message>
 </context>
 <context>
  <name>PatchPanel</name>
  <message>
   <source>复制图斑编号</source>
   <translation>Copy the patch id</translation>
  </message>
  <message>
   <source>等级由人选定</source>
   <translation>Level chosen by hand</translation>
  </message>
  <message>
   <source>等级随数据下发</source>
   <translation>Level as delivered</translation>
  </message>
  <message>
   <source>等级由规则推出，下发数据未给</source>
   <translation>Level derived by rule, not in the delivery</translation>
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
   <source>编号、村、项目</source>
   <translation>Id, village, project</translation>
  </message>
  <message>
   <source>搜索编号、村、项目、主体，空格隔开多个词</source>
   <translation>Search id, village, project, party; separate words by spaces</translation>
  </message>
  <message>
   <source>筛选条件…</source>
   <translation>Filter…</translation>
  </message>
  <message>
   <source>排序</source>
   <translation>Order</translation>
  </message>
  <message>
   <source>倒序</source>
   <translation>Descending</translation>
  </message>
  <message>
   <source>图斑队列</source>
   <translation>Queue of patches</translation>
  </message>
  <message>
   <source>自选条件</source>
   <translation>Own filter</translation>
  </message>
  <message>
   <source>，正在计算</source>
   <translation>, being worked out</translation>
  </message>
  <message>
   <source>，倒序</source>
   <translation>, descending</translation>
  </message>
  <message>
   <source>没有符合条件的图斑。可换一个筛选，或清空搜索。</source>
   <translation>No patch matches. Choose another filter or clear the search.</translation>
  </message>
  <message>
   <source>排序：{}</source>
   <translation>Order: {}</translation>
  </message>
  <message>
   <source>存为常用筛选</source>
   <translation>Save as preset</translation>
  </message>
  <message>
   <source>名称</source>
   <translation>Name</translation>
  </message>
 </context>
 <context>
  <name>ReasonPick</name>
  <message>
   <source>理由清单</source>
   <translation>List of reasons</translation>
  </message>
  <message>
   <source>（选一条理由）</source>
   <translation>(choose a reason)</translation>
  </message>
  <message>
   <source>＋ 把右边写的加进清单</source>
   <translation>+ Add what is written on the right to the list</translation>
  </message>
 </context>
 <context>
  <name>DocumentDialog</name>
  <message>
   <source>文号</source>
   <translation>Document number</translation>
  </message>
  <message>
   <source>日期</source>
   <translation>Date</translation>
  </message>
  <message>
   <source>批准面积（亩）</source>
   <translation>Approved area (mu)</translation>
  </message>
  <message>
   <source>文件信息 · {name}</source>
   <translation>Document · {name}</translation>
  </message>
 </context>
 <context>
  <name>SurroundingsPanel</name>
  <message>
   <source>量得宽度 {width:.1f} 米（多在 {low:.1f}～{high:.1f}），长 {length:.0f} 米</source>
   <translation>Measured width {width:.1f} m (mostly {low:.1f}–{high:.1f}), length {length:.0f} m</translation>
  </message>
  <message>
   <source>到 {patch}（{village}，{area} 亩）</source>
   <translation>Go to {patch} ({village}, {area} mu)</translation>
  </message>
  <message>
   <source>村</source>
   <translation>Village</translation>
  </message>
  <message>
   <source>网格</source>
   <translation>Grid</translation>
  </message>
  <message>
   <source>近旁没有图斑</source>
   <translation>No patches nearby</translation>
  </message>
  <message>
   <source>200 米以内没有其他图斑</source>
   <translation>No other patches within 200 m</translation>
  </message>
  <message>
   <source>宽约 {width:.1f} 米</source>
   <translation>About {width:.1f} m wide</translation>
  </message>
  <message>
   <source>近旁 {count} 个图斑</source>
   <translation>{count} patches nearby</translation>
  </message>
  <message>
   <source>另有 {count} 个图斑在 200 米以内</source>
   <translation>{count} more patches within 200 m</translation>
  </message>
  <message>
   <source>▲ 下发数据写的是{name}</source>
   <translation>▲ The delivery says {name}</translation>
  </message>
 </context>
 <context>
  <name>TodayPage</name>
  <message>
   <source>开始</source>
   <translation>Begin</translation>
  </message>
  <message>
   <source>本工作区</source>
   <translation>This workspace</translation>
  </message>
  <message>
   <source>{hint}；点开只看这 {count} 个</source>
   <translation>{hint}; click to see these {count}</translation>
  </message>
  <message>
   <source>今天要办 · {month} 月 {day} 日 周{week}</source>
   <translation>To do today · {month}/{day} {week}</translation>
  </message>
  <message>
   <source>继续 …{ending}</source>
   <translation>Continue …{ending}</translation>
  </message>
  <message>
   <source>已判定 {done} / {total}</source>
   <translation>{done} / {total} judged</translation>
  </message>
  <message>
   <source>没有待办</source>
   <translation>nothing to do</translation>
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
   <source>或写一句核实到的事实</source>
   <translation>or write one fact that was verified</translation>
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
  <message>
   <source>建议</source>
   <translation>advice</translation>
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
  <name>CheckPack</name>
  <message>
   <source>检查规则包</source>
   <translation>Check rule pack</translation>
  </message>
  <message>
   <source>检查规则包：一次列出全部错误（文件、行号、项、应当怎样写），并运行规则包自带的测试用例。</source>
   <translation>Check a rule pack: lists every mistake at once (file, line, field, what would be right) and runs its own test cases.</translation>
  </message>
  <message>
   <source>规则包（文件夹或编号）</source>
   <translation>Rule pack (folder or id)</translation>
  </message>
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
   <source>其他图层（JSON：角色 → source、layer、class_field、scheme、crs；审批类可以是登记表；image_before、image_after 的 source 可以是文件夹，另有 taken_on、batch）</source>
   <translation>Other layers (JSON: role → source, layer, class_field, scheme, crs; approvals may be a register table; the source of image_before and image_after may be a folder, with taken_on and batch)</translation>
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
  <name>Rejudge</name>
  <message>
   <source>换规则包对比</source>
   <translation>Compare rule packs</translation>
  </message>
  <message>
   <source>用另一个规则包重新给出建议，列出与现用规则包不同的图斑；不写判定，不改动任何内容。</source>
   <translation>Advise again with another rule pack and list the patches that differ; writes no verdict, changes nothing.</translation>
  </message>
  <message>
   <source>批次名称（不填为全部）</source>
   <translation>Name of the batch (empty: all)</translation>
  </message>
  <message>
   <source>另一个规则包（编号或文件夹）</source>
   <translation>Other rule pack (id or folder)</translation>
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

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
  <name>Aim</name>
  <message>
   <source>按下：拍摄位置　拖动：镜头方向
只点一下，再点一下也行；右键只定位置；Esc 取消</source>
   <translation>Press: camera position　Drag: direction
Two clicks do the same; right click sets the position only; Esc cancels</translation>
  </message>
  <message>
   <source>返回 (Esc)</source>
   <translation>Back (Esc)</translation>
  </message>
 </context>
 <context>
  <name>AttachBar</name>
  <message>
   <source>清单…</source>
   <translation>List…</translation>
  </message>
  <message>
   <source>每个文件归到哪个图斑、为什么</source>
   <translation>Which patch each file went to, and why</translation>
  </message>
  <message>
   <source>待归…</source>
   <translation>Unmatched…</translation>
  </message>
  <message>
   <source>逐张看没有归到图斑的照片，按键归位</source>
   <translation>Go through the photos that lie on no patch and place them by key</translation>
  </message>
  <message>
   <source>关闭提示</source>
   <translation>Close this message</translation>
  </message>
  <message>
   <source>待归 {n}…</source>
   <translation>Unmatched {n}…</translation>
  </message>
 </context>
 <context>
  <name>AttachWork</name>
  <message>
   <source>照片文件夹</source>
   <translation>Folder of photos</translation>
  </message>
  <message>
   <source>附照片和文件</source>
   <translation>Attach photos and files</translation>
  </message>
  <message>
   <source>附在本图斑</source>
   <translation>Attach to this patch</translation>
  </message>
  <message>
   <source>按编号和位置归位</source>
   <translation>Place by number and position</translation>
  </message>
  <message>
   <source>做缩略图和比对，可以继续工作</source>
   <translation>Making previews and comparing; you can go on working</translation>
  </message>
  <message>
   <source>做缩略图和比对</source>
   <translation>Make previews and compare</translation>
  </message>
  <message>
   <source>请先新建或打开工作区。</source>
   <translation>Please create or open a workspace first.</translation>
  </message>
  <message>
   <source>已排队，前一批附完就开始</source>
   <translation>Queued; starts when the previous batch is attached</translation>
  </message>
 </context>
 <context>
  <name>CertifyWork</name>
  <message>
   <source>派单</source>
   <translation>Dispatch</translation>
  </message>
  <message>
   <source>村级承诺</source>
   <translation>Village certificate</translation>
  </message>
  <message>
   <source>派单：{person}，{day} 派出</source>
   <translation>Dispatched to {person} on {day}</translation>
  </message>
  <message>
   <source>等 {} 处</source>
   <translation>and others, {} in all</translation>
  </message>
  <message>
   <source>，期限 {}</source>
   <translation>, due {}</translation>
  </message>
  <message>
   <source>还没有（{} 打印清单）</source>
   <translation>None yet ({} prints the list)</translation>
  </message>
  <message>
   <source>村级承诺已失效</source>
   <translation>The village certificate is void</translation>
  </message>
  <message>
   <source>已更新（{}）</source>
   <translation>Updated ({})</translation>
  </message>
  <message>
   <source>，已逾期 {} 天</source>
   <translation>, {} days late</translation>
  </message>
  <message>
   <source>村级承诺：{}</source>
   <translation>Village certificate: {}</translation>
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
  <name>AttachResultDialog</name>
  <message>
   <source>点一行：这里是完整的原因，面板和地图转到该图斑。</source>
   <translation>Click a line: the full reason stands here, panel and map turn to the patch.</translation>
  </message>
  <message>
   <source>附件清单</source>
   <translation>Files that came in</translation>
  </message>
  <message>
   <source>只看要处理的（待归、存疑、没有附上）</source>
   <translation>Only what needs work (unmatched, doubtful, not attached)</translation>
  </message>
  <message>
   <source>文件</source>
   <translation>File</translation>
  </message>
  <message>
   <source>结果</source>
   <translation>Result</translation>
  </message>
  <message>
   <source>图斑编号</source>
   <translation>Patch number</translation>
  </message>
  <message>
   <source>可信程度</source>
   <translation>Confidence</translation>
  </message>
  <message>
   <source>原因和说明</source>
   <translation>Reason and notes</translation>
  </message>
  <message>
   <source>点一行在面板和地图上显示该图斑</source>
   <translation>Click a line to see the patch in the panel and on the map</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>另存为表格…</source>
   <translation>Save as a table…</translation>
  </message>
  <message>
   <source>另存为表格</source>
   <translation>Save as a table</translation>
  </message>
  <message>
   <source>已保存：</source>
   <translation>Saved: </translation>
  </message>
 </context>
 <context>
  <name>CertifyDialog</name>
  <message>
   <source>村级承诺</source>
   <translation>Village certificate</translation>
  </message>
  <message>
   <source>一、打印清单，交村里签字盖章</source>
   <translation>1. Print the list for the village to sign and stamp</translation>
  </message>
  <message>
   <source>各村的承诺情况</source>
   <translation>How the certificates of the villages stand</translation>
  </message>
  <message>
   <source>打印所选村的清单</source>
   <translation>Print the list of the chosen village</translation>
  </message>
  <message>
   <source>只打印当前图斑</source>
   <translation>Print the current patch only</translation>
  </message>
  <message>
   <source>二、签收：清单签好字以后</source>
   <translation>2. Take in: when the list is signed</translation>
  </message>
  <message>
   <source>扫清单上的二维码，或输入编号，例如 WP260501-123YJ</source>
   <translation>Scan the QR code of the list or type its number, e.g. WP260501-123YJ</translation>
  </message>
  <message>
   <source>清单编号</source>
   <translation>Number of the list</translation>
  </message>
  <message>
   <source>签字人</source>
   <translation>Signed by</translation>
  </message>
  <message>
   <source>签字日期</source>
   <translation>Signed on</translation>
  </message>
  <message>
   <source>选扫描件…</source>
   <translation>Choose the scan…</translation>
  </message>
  <message>
   <source>文件名里有编号的，编号会自动填上；也可以把文件拖到这个窗口</source>
   <translation>A number in the file name is filled in by itself; files can be dropped on this window, too</translation>
  </message>
  <message>
   <source>签收</source>
   <translation>Take in</translation>
  </message>
  <message>
   <source>三、已打印的清单</source>
   <translation>3. Printed lists</translation>
  </message>
  <message>
   <source>已打印的清单，双击取其编号</source>
   <translation>Printed lists; a double click takes the number</translation>
  </message>
  <message>
   <source>作废所选清单</source>
   <translation>Withdraw the chosen list</translation>
  </message>
  <message>
   <source>打开所选清单</source>
   <translation>Open the chosen list</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>签字的清单扫描件</source>
   <translation>Scan of the signed list</translation>
  </message>
  <message>
   <source>编号</source>
   <translation>Number</translation>
  </message>
  <message>
   <source>日期</source>
   <translation>Date</translation>
  </message>
  <message>
   <source>已作废</source>
   <translation>withdrawn</translation>
  </message>
  <message>
   <source>，有扫描件</source>
   <translation>, scan attached</translation>
  </message>
  <message>
   <source>请先在表中选一个村。</source>
   <translation>Please choose a village in the table first.</translation>
  </message>
  <message>
   <source>✔ 清单 {number} 已生成：{count} 个图斑，{pages} 页。</source>
   <translation>✔ List {number} made: {count} patches, {pages} pages.</translation>
  </message>
  <message>
   <source>{village} {count} 个图斑，{day} 打印</source>
   <translation>{village}, {count} patches, printed {day}</translation>
  </message>
  <message>
   <source>请先扫码或输入清单编号。</source>
   <translation>Please scan or type the number of the list first.</translation>
  </message>
  <message>
   <source>✔ {number} 已签收：{good} 个图斑有效</source>
   <translation>✔ {number} taken in: valid for {good} patches</translation>
  </message>
  <message>
   <source>找不到这份清单的 PDF，可能已被移走；可以重新打印一份。</source>
   <translation>The PDF of this list is not there, perhaps moved away; it can be printed again.</translation>
  </message>
  <message>
   <source>已签字</source>
   <translation>signed</translation>
  </message>
  <message>
   <source>待签字</source>
   <translation>to be signed</translation>
  </message>
  <message>
   <source>；已作废，不能签收。</source>
   <translation>; withdrawn, cannot be taken in.</translation>
  </message>
  <message>
   <source>；{} {} 已签字，再签收会更正签字人、日期和扫描件</source>
   <translation>; signed by {} on {}; taking it in again corrects person, date and scan</translation>
  </message>
  <message>
   <source>
共 {} 个</source>
   <translation>
{} in all</translation>
  </message>
  <message>
   <source>，{} 个打印后有变化、要重新打印</source>
   <translation>, {} changed since printing and need a new list</translation>
  </message>
  <message>
   <source>✔ 清单 {} 已作废，可在面板上撤销。</source>
   <translation>✔ List {} withdrawn; can be undone in the panel.</translation>
  </message>
  <message>
   <source>。打印后材料有变化的，签收后仍算失效：
</source>
   <translation>. What changed since printing stays void after taking in:
</translation>
  </message>
  <message>
   <source>另有 {} 个还没有举证材料，没有列入。</source>
   <translation>{} more have no evidence yet and are not listed.</translation>
  </message>
 </context>
 <context>
  <name>DeclinationDialog</name>
  <message>
   <source>磁偏角</source>
   <translation>Magnetic declination</translation>
  </message>
  <message>
   <source>有的手机把方位角记成从磁北量起（M）。填写磁偏角后换算成从真北量起；东偏为正，西偏为负，重庆一带是西偏。留空表示不换算。原值保留，手工填写的方位角不动，可撤销。</source>
   <translation>Some phones record the azimuth from magnetic north (M). With a declination it is converted to true north; east is positive, west negative, around Chongqing it is west. Empty: no conversion. The original is kept, azimuths by hand stay, and it can be undone.</translation>
  </message>
  <message>
   <source>度，例如 -2.5；留空不换算</source>
   <translation>degrees, e.g. -2.5; empty: no conversion</translation>
  </message>
  <message>
   <source>磁偏角（度，东偏为正）</source>
   <translation>Declination (degrees, east positive)</translation>
  </message>
  <message>
   <source>磁偏角（度）</source>
   <translation>Declination (degrees)</translation>
  </message>
  <message>
   <source>确定</source>
   <translation>OK</translation>
  </message>
  <message>
   <source>取消</source>
   <translation>Cancel</translation>
  </message>
  <message>
   <source>换算前后的方位角</source>
   <translation>Azimuths before and after</translation>
  </message>
  <message>
   <source>照片</source>
   <translation>Photo</translation>
  </message>
  <message>
   <source>磁北（原值）</source>
   <translation>Magnetic (original)</translation>
  </message>
  <message>
   <source>真北（换算后）</source>
   <translation>True (converted)</translation>
  </message>
  <message>
   <source>✖ 磁偏角是 -30 到 30 之间的数字，例如 -2.5</source>
   <translation>✖ The declination is a number from -30 to 30, e.g. -2.5</translation>
  </message>
  <message>
   <source>没有从磁北量起的照片。</source>
   <translation>No photo is measured from magnetic north.</translation>
  </message>
  <message>
   <source>不换算</source>
   <translation>no conversion</translation>
  </message>
  <message>
   <source>用参考值 {value:+.1f}°</source>
   <translation>Use the reference value {value:+.1f}°</translation>
  </message>
  <message>
   <source>{n} 张照片的方位角从磁北量起：</source>
   <translation>{n} photos are measured from magnetic north:</translation>
  </message>
 </context>
 <context>
  <name>DispatchDialog</name>
  <message>
   <source>派单</source>
   <translation>Dispatch</translation>
  </message>
  <message>
   <source>派哪些图斑</source>
   <translation>Which patches</translation>
  </message>
  <message>
   <source>统一期限</source>
   <translation>One deadline</translation>
  </message>
  <message>
   <source>期限都用这一天</source>
   <translation>Use this day for all</translation>
  </message>
  <message>
   <source>各村的图斑、责任人和期限</source>
   <translation>Patches, person and deadline of each village</translation>
  </message>
  <message>
   <source>过了期限还没有现场照片或外核的图斑</source>
   <translation>Patches past their deadline without site photo or field check</translation>
  </message>
  <message>
   <source>复制该村提醒</source>
   <translation>Copy reminder for this village</translation>
  </message>
  <message>
   <source>把所选一行的村的逾期图斑写成提醒文字，连同附图复制，粘贴到村里的群</source>
   <translation>Writes the late patches of the chosen village as a reminder and copies it with its map, to be pasted into the village's chat group</translation>
  </message>
  <message>
   <source>复制表格</source>
   <translation>Copy table</translation>
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
   <source>姓名</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>✔ 表格已复制，可以粘贴到 Excel。</source>
   <translation>✔ Table copied; it can be pasted into Excel.</translation>
  </message>
  <message>
   <source>另存逾期清单</source>
   <translation>Save the list of late ones</translation>
  </message>
  <message>
   <source>图斑</source>
   <translation>Patch</translation>
  </message>
  <message>
   <source>都已派过。要改派，请在上面选“重新派”或“只派当前图斑”。</source>
   <translation>All are dispatched. To change that, choose “dispatch again” or “current patch only” above.</translation>
  </message>
  <message>
   <source>✔ 没有逾期的派单。</source>
   <translation>✔ Nothing is late.</translation>
  </message>
  <message>
   <source>派单逾期</source>
   <translation>Late dispatches</translation>
  </message>
  <message>
   <source>还没有派单的（{}）</source>
   <translation>Not dispatched yet ({})</translation>
  </message>
  <message>
   <source>全部未判定的，已派的重新派（{}）</source>
   <translation>All undecided, those dispatched again ({})</translation>
  </message>
  <message>
   <source>没有等待核查的图斑。</source>
   <translation>No patch waits for a check.</translation>
  </message>
  <message>
   <source>责任人和期限按上次派单预填，可以改；期限按自然日算。派单后状态变为“已派单”，可一步撤销。</source>
   <translation>Person and deadline are prefilled from the last dispatch and can be changed; deadlines count calendar days. The status becomes “dispatched”; one step undoes it.</translation>
  </message>
  <message>
   <source>派 {}</source>
   <translation>Dispatch {}</translation>
  </message>
  <message>
   <source>{} 的责任人</source>
   <translation>Person for {}</translation>
  </message>
  <message>
   <source>{} 的期限</source>
   <translation>Deadline for {}</translation>
  </message>
  <message>
   <source> 已过</source>
   <translation> past</translation>
  </message>
  <message>
   <source>派单（{} 个图斑）</source>
   <translation>Dispatch ({} patches)</translation>
  </message>
  <message>
   <source>逾期（{}）</source>
   <translation>Late ({})</translation>
  </message>
  <message>
   <source>✔ {village} {count} 个图斑的提醒已复制，可以粘贴到群里。</source>
   <translation>✔ Reminder for {count} patches of {village} copied; paste it into the group.</translation>
  </message>
  <message>
   <source>✔ 已保存 {}</source>
   <translation>✔ Saved {}</translation>
  </message>
  <message>
   <source>列表当前筛选出的（{}）</source>
   <translation>Those in the filtered list ({})</translation>
  </message>
  <message>
   <source>过了期限还没有现场照片、也没有外核：{count} 个图斑，{people} 位责任人。</source>
   <translation>Past the deadline without site photo or field check: {count} patches, {people} persons.</translation>
  </message>
  <message>
   <source>只派当前图斑 …{}</source>
   <translation>Current patch only …{}</translation>
  </message>
  <message>
   <source>✖ {}还没有写责任人。</source>
   <translation>✖ {} has no person yet.</translation>
  </message>
 </context>
 <context>
  <name>DocumentDialog</name>
  <message>
   <source>（还不知道）</source>
   <translation>(not known yet)</translation>
  </message>
  <message>
   <source>例如 重庆市人民政府</source>
   <translation>e.g. 重庆市人民政府</translation>
  </message>
  <message>
   <source>没有期限就留空</source>
   <translation>empty where there is no limit</translation>
  </message>
  <message>
   <source>批准范围</source>
   <translation>Approved boundary</translation>
  </message>
  <message>
   <source>图上紫色虚线</source>
   <translation>dashed purple line on the map</translation>
  </message>
  <message>
   <source>选择矢量文件…</source>
   <translation>Choose vector file…</translation>
  </message>
  <message>
   <source>去掉</source>
   <translation>Remove</translation>
  </message>
  <message>
   <source>确定</source>
   <translation>OK</translation>
  </message>
  <message>
   <source>取消</source>
   <translation>Cancel</translation>
  </message>
  <message>
   <source>批准（勘测定界）范围</source>
   <translation>Approved (surveyed) boundary</translation>
  </message>
  <message>
   <source>文件里有几个图层，哪一个是批准范围？</source>
   <translation>The file has several layers; which is the approved boundary?</translation>
  </message>
  <message>
   <source>文件没有坐标系，请选择</source>
   <translation>The file names no CRS, please choose</translation>
  </message>
  <message>
   <source>本文件证明的图斑（一举多用）</source>
   <translation>Patches that this document proves</translation>
  </message>
  <message>
   <source>种类</source>
   <translation>Kind</translation>
  </message>
  <message>
   <source>文号</source>
   <translation>Document number</translation>
  </message>
  <message>
   <source>批准机关</source>
   <translation>Authority</translation>
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
   <source>有效期至</source>
   <translation>Valid until</translation>
  </message>
  <message>
   <source>面积</source>
   <translation>Area</translation>
  </message>
  <message>
   <source>没有</source>
   <translation>none</translation>
  </message>
  <message>
   <source>文件信息 · {name}</source>
   <translation>Document · {name}</translation>
  </message>
  <message>
   <source>{fields}由文件名或文字带出，请核对</source>
   <translation>{fields}: taken from file name or text, please check</translation>
  </message>
 </context>
 <context>
  <name>HandoutDialog</name>
  <message>
   <source>全部未办图斑</source>
   <translation>All open patches</translation>
  </message>
  <message>
   <source>给谁</source>
   <translation>For whom</translation>
  </message>
  <message>
   <source>导出到</source>
   <translation>Save to</translation>
  </message>
  <message>
   <source>浏览…</source>
   <translation>Browse…</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>打开文件夹</source>
   <translation>Open folder</translation>
  </message>
  <message>
   <source>生成</source>
   <translation>Make</translation>
  </message>
  <message>
   <source>正在生成外业派发包</source>
   <translation>Making the field hand-out</translation>
  </message>
  <message>
   <source>派发单（PDF，打印带走：总图、清单、每个图斑的图和二维码）</source>
   <translation>Sheets (PDF, to print: overview, list, a map and QR code of each patch)</translation>
  </message>
  <message>
   <source>手机地图（KML，奥维等可以导入）</source>
   <translation>Phone map (KML, for Ovital and others)</translation>
  </message>
  <message>
   <source>QField 项目（手机拍照直接登记到图斑）</source>
   <translation>QField project (photos taken on the phone go to the patch)</translation>
  </message>
  <message>
   <source>请至少选一种内容。</source>
   <translation>Please choose one kind of content at least.</translation>
  </message>
  <message>
   <source>已生成 {n} 个图斑的派发包，直线合计 {km:.1f} 公里。
{folder}</source>
   <translation>Hand-out for {n} patches made, {km:.1f} km as the crow flies.
{folder}</translation>
  </message>
  <message>
   <source>内容</source>
   <translation>Content</translation>
  </message>
  <message>
   <source>队列里现在列出的 {n} 个图斑</source>
   <translation>The {n} patches listed in the queue now</translation>
  </message>
  <message>
   <source>村：{name}（{n}）</source>
   <translation>Village: {name} ({n})</translation>
  </message>
  <message>
   <source>人员：{name}（{n}）</source>
   <translation>Person: {name} ({n})</translation>
  </message>
  <message>
   <source>没有位置、未列入：{names}</source>
   <translation>Without position, not listed: {names}</translation>
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
  <name>DispatchWork</name>
  <message>
   <source>提醒已复制（{count} 个图斑，文字和附图），可粘贴到群里；再按 {key} 只复制附图。图存为 exports/提醒/{name}</source>
   <translation>Reminder copied ({count} patches, text and map), paste it into the group; {key} again copies the map alone. Map saved as exports/提醒/{name}</translation>
  </message>
  <message>
   <source>提醒文字已复制，正在画附图……</source>
   <translation>Text copied, drawing the map…</translation>
  </message>
  <message>
   <source>已复制提醒和附图</source>
   <translation>Reminder and map copied</translation>
  </message>
  <message>
   <source>怎样发原图</source>
   <translation>How to send original photos</translation>
  </message>
  <message>
   <source>卡片落款（单位名称，可不填）</source>
   <translation>Signature of the card (name of the office, optional)</translation>
  </message>
  <message>
   <source>已派单 {count} 个图斑（{hint}）</source>
   <translation>{count} patches dispatched ({hint})</translation>
  </message>
  <message>
   <source>已单独复制附图，可以粘贴到群里。</source>
   <translation>Map copied alone; paste it into the group.</translation>
  </message>
  <message>
   <source>提醒文字已复制；图斑没有边界，没有附图。</source>
   <translation>Text copied; the patches have no boundary, so there is no map.</translation>
  </message>
  <message>
   <source>；{count} 个没有派：{number} {why}</source>
   <translation>; {count} not dispatched: {number} {why}</translation>
  </message>
  <message>
   <source>图片没有写进去</source>
   <translation>The picture could not be written</translation>
  </message>
  <message>
   <source>已生成 {name}</source>
   <translation>Made {name}</translation>
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
  <name>DocumentPreview</name>
  <message>
   <source>预览</source>
   <translation>Preview</translation>
  </message>
  <message>
   <source>文件里的文字</source>
   <translation>Text of the file</translation>
  </message>
  <message>
   <source>打开原文件</source>
   <translation>Open the file</translation>
  </message>
  <message>
   <source>正在读取…</source>
   <translation>Reading…</translation>
  </message>
  <message>
   <source>预览文件</source>
   <translation>Preview of the file</translation>
  </message>
  <message>
   <source>系统没有打开此类文件的程序</source>
   <translation>The system has no program for such files</translation>
  </message>
  <message>
   <source>没有预览</source>
   <translation>No preview</translation>
  </message>
  <message>
   <source>共 {count} 页，这里是第 1 页</source>
   <translation>Page 1 of {count}</translation>
  </message>
 </context>
 <context>
  <name>DocumentUses</name>
  <message>
   <source>本文件证明的图斑</source>
   <translation>Patches that this document proves</translation>
  </message>
  <message>
   <source>Delete 移出选中的图斑</source>
   <translation>Delete takes the chosen patch off</translation>
  </message>
  <message>
   <source>图斑编号或末几位，可一次写几个，回车加入</source>
   <translation>Patch numbers or their ends, several at once, Enter adds</translation>
  </message>
  <message>
   <source>加入图斑，按编号</source>
   <translation>Add patches by number</translation>
  </message>
  <message>
   <source>移出选中</source>
   <translation>Take off</translation>
  </message>
  <message>
   <source>都已经在列表里</source>
   <translation>All are in the list already</translation>
  </message>
  <message>
   <source>证明 {count} 个图斑，合计 {total} 亩</source>
   <translation>Proves {count} patches, {total} mu in all</translation>
  </message>
  <message>
   <source>加入本次筛选的全部（{count}）</source>
   <translation>Add all of the filtered list ({count})</translation>
  </message>
  <message>
   <source>没有编号是或以“{word}”结尾的图斑</source>
   <translation>No patch number is or ends with “{word}”</translation>
  </message>
  <message>
   <source>有 {count} 个图斑的编号以“{word}”结尾，请写全</source>
   <translation>{count} patch numbers end with “{word}”, please write it in full</translation>
  </message>
  <message>
   <source>加入 {count} 个图斑</source>
   <translation>{count} patches added</translation>
  </message>
  <message>
   <source>移出 {count} 个图斑</source>
   <translation>{count} patches taken off</translation>
  </message>
  <message>
   <source>　（新加）</source>
   <translation>　(new)</translation>
  </message>
  <message>
   <source>；批准 {approved} 亩，余 {left} 亩</source>
   <translation>; approved {approved} mu, {left} mu left</translation>
  </message>
  <message>
   <source>；⚠ 超过批准的 {approved} 亩 {over} 亩</source>
   <translation>; ⚠ {over} mu more than the approved {approved} mu</translation>
  </message>
 </context>
 <context>
  <name>DocumentWork</name>
  <message>
   <source>已保存文件信息，证明 {count} 个图斑（{hint}）</source>
   <translation>Document saved, proves {count} patches ({hint})</translation>
  </message>
  <message>
   <source>；{count} 个没有加入：{number} {why}</source>
   <translation>; {count} not added: {number} {why}</translation>
  </message>
 </context>
 <context>
  <name>EntryWindow</name>
  <message>
   <source>改动的内容在清单、地图和核查表上注明“手工”，照片自带的值保留。</source>
   <translation>What you change is marked “by hand” in lists, on the map and on the sheet; what the photo says is kept.</translation>
  </message>
  <message>
   <source>地图定点 (Ctrl+M)</source>
   <translation>Place on map (Ctrl+M)</translation>
  </message>
  <message>
   <source>沿用同一时段的照片 (Ctrl+D)</source>
   <translation>As the photo of the same visit (Ctrl+D)</translation>
  </message>
  <message>
   <source>保存（回车）</source>
   <translation>Save (Enter)</translation>
  </message>
  <message>
   <source>取消</source>
   <translation>Cancel</translation>
  </message>
  <message>
   <source>拍摄位置和方位 · {name}</source>
   <translation>Position and direction · {name}</translation>
  </message>
 </context>
 <context>
  <name>EntryWork</name>
  <message>
   <source>前后十分钟内没有带位置的照片可以沿用</source>
   <translation>No photo with a position within ten minutes to take over</translation>
  </message>
  <message>
   <source>没有打开地图</source>
   <translation>No map is open</translation>
  </message>
  <message>
   <source>地图定点</source>
   <translation>Place on map</translation>
  </message>
  <message>
   <source>已保存，照片注明“手工”（{undo}）</source>
   <translation>Saved, photo marked “by hand” ({undo})</translation>
  </message>
  <message>
   <source>沿用 {name}</source>
   <translation>As {name}</translation>
  </message>
 </context>
 <context>
  <name>EvidencePanel</name>
  <message>
   <source>添加照片/文件…</source>
   <translation>Add photos/documents…</translation>
  </message>
  <message>
   <source>添加照片或文件</source>
   <translation>Add photos or documents</translation>
  </message>
  <message>
   <source>选择照片或文件作为举证；也可以把文件直接拖到这里</source>
   <translation>Choose photos or documents as evidence, or drag files here</translation>
  </message>
  <message>
   <source>方位角…</source>
   <translation>Direction…</translation>
  </message>
  <message>
   <source>用途…</source>
   <translation>Purpose…</translation>
  </message>
  <message>
   <source>所选照片证明什么：现场、全景、近景、内部、路宽、整改后…（F3）</source>
   <translation>What the photo proves: site, overview, close-up, inside, road width, after rectification… (F3)</translation>
  </message>
  <message>
   <source>大图</source>
   <translation>Large</translation>
  </message>
  <message>
   <source>看大图，左右键逐张（O，或在照片上按回车）</source>
   <translation>Large view, left and right go from photo to photo (O, or Enter on the photo)</translation>
  </message>
  <message>
   <source>选择文件…</source>
   <translation>Choose files…</translation>
  </message>
  <message>
   <source>移出本图斑	Del</source>
   <translation>Take off this patch	Del</translation>
  </message>
  <message>
   <source>{n} 张照片</source>
   <translation>{n} photo(s)</translation>
  </message>
  <message>
   <source>{n} 份文件</source>
   <translation>{n} file(s)</translation>
  </message>
  <message>
   <source>文号…</source>
   <translation>Number…</translation>
  </message>
  <message>
   <source>手工填写所选照片的拍摄位置和方位角（打印时注明“手工”）；按键 F2</source>
   <translation>Type position and azimuth of the photo (printed with “by hand”); F2</translation>
  </message>
  <message>
   <source>填写所选文件的文号、日期和批准面积，核查表和填报抄录会用到；按键 F2</source>
   <translation>Number, date and approved area of the document, used by sheet and transcription; F2</translation>
  </message>
  <message>
   <source>未注明用途</source>
   <translation>no purpose stated</translation>
  </message>
  <message>
   <source>用途	F3</source>
   <translation>Purpose	F3</translation>
  </message>
  <message>
   <source>这是文件扫描件…</source>
   <translation>This is a scanned document…</translation>
  </message>
  <message>
   <source>已有 {there}；</source>
   <translation>{there} here; </translation>
  </message>
  <message>
   <source>用已有的 {name}（{seen}现为{now}）</source>
   <translation>Use {name}, which is there ({seen}now {now})</translation>
  </message>
  <message>
   <source>更多</source>
   <translation>More</translation>
  </message>
  <message>
   <source>看大图	O</source>
   <translation>Large view	O</translation>
  </message>
  <message>
   <source>打开</source>
   <translation>Open</translation>
  </message>
  <message>
   <source>拍摄方位…	F2</source>
   <translation>Position and direction…	F2</translation>
  </message>
  <message>
   <source>文号和日期…	F2</source>
   <translation>Number and date…	F2</translation>
  </message>
  <message>
   <source>打开原文件</source>
   <translation>Open the file</translation>
  </message>
 </context>
 <context>
  <name>EvidenceStrip</name>
  <message>
   <source>举证照片和文件</source>
   <translation>Evidence: photos and files</translation>
  </message>
  <message>
   <source>左右键逐张，回车看大图，F2 方位，F3 用途，Delete 移出</source>
   <translation>Left and right from one to the next, Enter large, F2 position, F3 purpose, Delete takes off</translation>
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
  <name>PurposeBox</name>
  <message>
   <source>用途</source>
   <translation>Purpose</translation>
  </message>
  <message>
   <source>自动（现场照片）</source>
   <translation>Automatic (site photo)</translation>
  </message>
 </context>
 <context>
  <name>PatchChoice</name>
  <message>
   <source>图斑编号或末几位，可留空用下面的候选</source>
   <translation>Patch number or its end; empty: a candidate below</translation>
  </message>
  <message>
   <source>图斑编号</source>
   <translation>Patch number</translation>
  </message>
  <message>
   <source>候选图斑，按数字键选择</source>
   <translation>Candidates, chosen by number key</translation>
  </message>
  <message>
   <source>还没有选图斑：按数字键选候选，或输入编号</source>
   <translation>No patch chosen: press the number of a candidate, or type a patch number</translation>
  </message>
  <message>
   <source>没有编号为“{text}”的图斑</source>
   <translation>No patch has the number “{text}”</translation>
  </message>
  <message>
   <source>编号以“{text}”结尾的图斑有 {count} 个，请多输几位</source>
   <translation>{count} patch numbers end with “{text}”, please type more of it</translation>
  </message>
 </context>
 <context>
  <name>LaneList</name>
  <message>
   <source>待归照片</source>
   <translation>Unmatched photos</translation>
  </message>
 </context>
 <context>
  <name>LaneSide</name>
  <message>
   <source>已定为不作举证的</source>
   <translation>Those set aside</translation>
  </message>
  <message>
   <source>重新匹配</source>
   <translation>Match again</translation>
  </message>
  <message>
   <source>导入了新图斑、改了磁偏角或位置之后，让待归的文件再自动归一次</source>
   <translation>After importing patches or changing declination or positions: match the waiting files once more</translation>
  </message>
 </context>
 <context>
  <name>LanePhoto</name>
  <message>
   <source>正在读取…</source>
   <translation>Reading…</translation>
  </message>
  <message>
   <source>这不是照片：{name}</source>
   <translation>Not a photo: {name}</translation>
  </message>
 </context>
 <context>
  <name>ShiftBanner</name>
  <message>
   <source>预览</source>
   <translation>Preview</translation>
  </message>
  <message>
   <source>在地图上用箭头画出每张照片会移到哪里</source>
   <translation>Draw arrows on the map to where each photo would move</translation>
  </message>
  <message>
   <source>换算</source>
   <translation>Convert</translation>
  </message>
  <message>
   <source>把这些照片的位置从 GCJ-02 换算回来，照片注明“已换算”，可恢复</source>
   <translation>Convert the positions of these photos back from GCJ-02; they are marked “converted”, and it can be undone</translation>
  </message>
  <message>
   <source>恢复原位置</source>
   <translation>Restore positions</translation>
  </message>
  <message>
   <source>坐标偏移</source>
   <translation>Shifted positions</translation>
  </message>
  <message>
   <source>，其中 {n} 张归到了图斑</source>
   <translation>, {n} of them placed on a patch</translation>
  </message>
  <message>
   <source>{n} 张照片的位置已换算{more}（Ctrl+Z 撤销，也可恢复）</source>
   <translation>Positions of {n} photos converted{more} (Ctrl+Z undoes; can be restored, too)</translation>
  </message>
  <message>
   <source>{n} 张照片恢复了原位置</source>
   <translation>Positions of {n} photos restored</translation>
  </message>
  <message>
   <source>{n} 张照片的位置已按 GCJ-02 换算。</source>
   <translation>Positions of {n} photos are converted from GCJ-02.</translation>
  </message>
 </context>
 <context>
  <name>LaneWork</name>
  <message>
   <source>圆点：照片现在的位置；箭头：按 GCJ-02 换算后的位置。
</source>
   <translation>Dots: where the photos are now; arrows: where they are after conversion from GCJ-02.
</translation>
  </message>
  <message>
   <source>没有可以撤销的操作</source>
   <translation>Nothing to undo</translation>
  </message>
  <message>
   <source>没有打开地图</source>
   <translation>No map is open</translation>
  </message>
  <message>
   <source>，{n} 张照片的方位角已换算</source>
   <translation>, azimuths of {n} photos converted</translation>
  </message>
  <message>
   <source>磁偏角已保存{more}（{undo}）</source>
   <translation>Declination saved{more} ({undo})</translation>
  </message>
  <message>
   <source>已撤销：{label}</source>
   <translation>Undone: {label}</translation>
  </message>
  <message>
   <source>{text}（{key} 打开待归照片，可预览和换算）</source>
   <translation>{text} ({key} opens the unmatched photos, with preview and conversion)</translation>
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
  <name>PhotoEntry</name>
  <message>
   <source>水印全文</source>
   <translation>Watermark</translation>
  </message>
  <message>
   <source>照着水印输入或粘贴：106.754011 29.777341 127 …</source>
   <translation>Type or paste the watermark: 106.754011 29.777341 127 …</translation>
  </message>
  <message>
   <source>把水印上的文字一次输入或粘贴在这里，经纬度、方位角、时间会自动分到下面各格。
只输小数部分也可以：.754011 .777341</source>
   <translation>Type or paste the whole text of the watermark here; position, azimuth and time go to their boxes below.
Decimals alone will do: .754011 .777341</translation>
  </message>
  <message>
   <source>经纬度</source>
   <translation>Position</translation>
  </message>
  <message>
   <source>106.754011, 29.777341 或 29°46′38″N 106°45′14″E</source>
   <translation>106.754011, 29.777341 or 29°46′38″N 106°45′14″E</translation>
  </message>
  <message>
   <source>方位角</source>
   <translation>Azimuth</translation>
  </message>
  <message>
   <source>127 或 东南；不知道就留空</source>
   <translation>127 or 东南 (south-east); empty when not known</translation>
  </message>
  <message>
   <source>拍摄时间</source>
   <translation>Time</translation>
  </message>
  <message>
   <source>2026-05-01 09:30，或只写 09:30</source>
   <translation>2026-05-01 09:30, or 09:30 alone</translation>
  </message>
  <message>
   <source>照片自带</source>
   <translation>from the photo</translation>
  </message>
  <message>
   <source>水印</source>
   <translation>Watermark</translation>
  </message>
  <message>
   <source>时间</source>
   <translation>Time</translation>
  </message>
  <message>
   <source>水印文字里没有看出经纬度、方位角或时间</source>
   <translation>No position, azimuth or time is found in this text</translation>
  </message>
  <message>
   <source>（只是大致方向，±22.5°）</source>
   <translation>(rough direction only, ±22.5°)</translation>
  </message>
  <message>
   <source>手工</source>
   <translation>by hand</translation>
  </message>
  <message>
   <source>不明</source>
   <translation>not known</translation>
  </message>
  <message>
   <source>看不出写的是什么</source>
   <translation>Cannot be read</translation>
  </message>
 </context>
 <context>
  <name>PhotoLane</name>
  <message>
   <source>打印卡片“怎样发原图”…</source>
   <translation>Print the card “How to send original photos”…</translation>
  </message>
  <message>
   <source>发给村里的一页说明：怎样发原图、怎样带定位拍照</source>
   <translation>One page for villages: how to send originals and take photos with a position</translation>
  </message>
  <message>
   <source>沿用上一张 (Ctrl+D)</source>
   <translation>As the last photo (Ctrl+D)</translation>
  </message>
  <message>
   <source>把上一张的图斑、位置和方位填进来</source>
   <translation>Fill in patch, position and direction of the last photo</translation>
  </message>
  <message>
   <source>地图定点 (Ctrl+M)</source>
   <translation>Place on map (Ctrl+M)</translation>
  </message>
  <message>
   <source>在地图上按下定位置，拖动定镜头方向</source>
   <translation>Press on the map for the position, drag for the direction</translation>
  </message>
  <message>
   <source>图斑</source>
   <translation>Patch</translation>
  </message>
  <message>
   <source>用途</source>
   <translation>Purpose</translation>
  </message>
  <message>
   <source>归到图斑，下一张（回车）</source>
   <translation>Place on patch, next photo (Enter)</translation>
  </message>
  <message>
   <source>不作举证 (Delete)</source>
   <translation>Set aside (Delete)</translation>
  </message>
  <message>
   <source>不是现场照片、重复或看不清：移出待归，可恢复</source>
   <translation>No site photo, a double or illegible: out of this list, can be brought back</translation>
  </message>
  <message>
   <source>不作举证</source>
   <translation>Set aside</translation>
  </message>
  <message>
   <source>待归照片</source>
   <translation>Unmatched photos</translation>
  </message>
  <message>
   <source>地图定点</source>
   <translation>Place on map</translation>
  </message>
  <message>
   <source>，手工填写的内容已注明</source>
   <translation>, what was typed is marked</translation>
  </message>
  <message>
   <source>已恢复为待归</source>
   <translation>Back in the list</translation>
  </message>
  <message>
   <source>下面填写的内容用于所选的全部文件，没填的不变</source>
   <translation>What is typed below is for all chosen files; empty boxes change nothing</translation>
  </message>
  <message>
   <source>恢复为待归 (Delete)</source>
   <translation>Bring back (Delete)</translation>
  </message>
  <message>
   <source>没有定为不作举证的文件</source>
   <translation>Nothing was set aside</translation>
  </message>
  <message>
   <source>没有待归的照片，都归好了</source>
   <translation>No photo is unmatched</translation>
  </message>
  <message>
   <source>填写的内容已保存，但还没有归到图斑：</source>
   <translation>Saved what was typed, but not on a patch yet: </translation>
  </message>
  <message>
   <source>没有新归到图斑的文件</source>
   <translation>No further file was placed</translation>
  </message>
  <message>
   <source>归到 …{id}，下一张（回车）</source>
   <translation>Place on …{id}, next photo (Enter)</translation>
  </message>
  <message>
   <source>这个位置周围 1 公里没有图斑，请核对经纬度。</source>
   <translation>No patch within 1 km of this position, please check it.</translation>
  </message>
  <message>
   <source>还没有可以沿用的照片：先归好一张，下一张就能沿用。</source>
   <translation>No photo to take over from yet: place one first.</translation>
  </message>
  <message>
   <source>沿用 {name}</source>
   <translation>As {name}</translation>
  </message>
  <message>
   <source>{n} 个文件</source>
   <translation>{n} files</translation>
  </message>
  <message>
   <source>{what} 已归到 …{id}{hand}（Ctrl+Z 撤销）</source>
   <translation>{what} placed on …{id}{hand} (Ctrl+Z undoes)</translation>
  </message>
  <message>
   <source>{n} 个文件定为不作举证，文件仍在工作区（Ctrl+Z 撤销）</source>
   <translation>{n} files set aside; they stay in the workspace (Ctrl+Z undoes)</translation>
  </message>
  <message>
   <source>已选 {n} 个文件</source>
   <translation>{n} files chosen</translation>
  </message>
  <message>
   <source>{n} 个文件归到了图斑</source>
   <translation>{n} files placed</translation>
  </message>
  <message>
   <source>没有第 {n} 个候选图斑</source>
   <translation>There is no candidate {n}</translation>
  </message>
 </context>
 <context>
  <name>PhotoPane</name>
  <message>
   <source>照片</source>
   <translation>Photo</translation>
  </message>
 </context>
 <context>
  <name>PhotoView</name>
  <message>
   <source>◀ 上一张</source>
   <translation>◀ Previous</translation>
  </message>
  <message>
   <source>下一张 ▶</source>
   <translation>Next ▶</translation>
  </message>
  <message>
   <source>去地图</source>
   <translation>To the map</translation>
  </message>
  <message>
   <source>手工填写…</source>
   <translation>Fill in by hand…</translation>
  </message>
  <message>
   <source>用途…</source>
   <translation>Purpose…</translation>
  </message>
  <message>
   <source>移出图斑</source>
   <translation>Take off patch</translation>
  </message>
  <message>
   <source>前后对照</source>
   <translation>Before / after</translation>
  </message>
  <message>
   <source>相同画面</source>
   <translation>Same picture</translation>
  </message>
  <message>
   <source>打开原文件</source>
   <translation>Open the file</translation>
  </message>
  <message>
   <source>关闭</source>
   <translation>Close</translation>
  </message>
  <message>
   <source>本图斑还没有照片</source>
   <translation>This patch has no photo yet</translation>
  </message>
  <message>
   <source>正在读取…</source>
   <translation>Reading…</translation>
  </message>
  <message>
   <source>照片 · {patch}</source>
   <translation>Photos · {patch}</translation>
  </message>
 </context>
 <context>
  <name>PhotoWork</name>
  <message>
   <source>本图斑还没有照片，按 P 添加，或把照片拖到举证栏。</source>
   <translation>This patch has no photo yet; P adds some, or drop photos on the evidence section.</translation>
  </message>
  <message>
   <source>这张照片没有位置。按 F2 手工填写后，地图上才有它。</source>
   <translation>This photo has no position. F2 lets you type one; then it is on the map.</translation>
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
   <source>把文件夹（或 zip 压缩包、单个文件）里的现场照片和文件复制进工作区，按编号、位置和方位角归到图斑；归不上的列出来。填写图斑编号时，全部附在该图斑上。重复运行不会重复保存。</source>
   <translation>Copies site photos and files of a folder (or zip, or one file) into the workspace and places them on patches by number, position and azimuth; what cannot be placed is listed. With a patch number all go to that patch. Running it again stores nothing twice.</translation>
  </message>
  <message>
   <source>照片文件夹或 zip 压缩包</source>
   <translation>Folder of photos, or zip</translation>
  </message>
  <message>
   <source>图斑编号（不填：按编号、位置和方位角归位）</source>
   <translation>Patch number (empty: by number, position and azimuth)</translation>
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
  <name>DispatchPatches</name>
  <message>
   <source>派单</source>
   <translation>Dispatch</translation>
  </message>
  <message>
   <source>按表派单（csv、xlsx 等）。列：图斑编号（或村，表示该村全部未判定的图斑）、责任人、期限和说明（可不填）；也可用英文列名 patch_id、village、person、due。不能派的行写明原因，其他行照办；报告里列出已逾期的图斑。</source>
   <translation>Dispatches by a table (csv, xlsx …). Columns: 图斑编号 (or 村: all undecided patches of that village), 责任人, 期限 and 说明 (optional); patch_id, village, person, due will do, too. Rows that cannot be dispatched say why, the others are done; the report lists what is late.</translation>
  </message>
  <message>
   <source>派单表</source>
   <translation>Table</translation>
  </message>
 </context>
 <context>
  <name>CertifyList</name>
  <message>
   <source>打印村级承诺清单</source>
   <translation>Print village certificates</translation>
  </message>
  <message>
   <source>打印一个村（不填村名则每个村一份）的举证材料承诺清单 PDF，每份有编号和二维码，签字盖章后在面板里签收。还没有举证材料的图斑不列入。</source>
   <translation>Prints the list of evidence that a village answers for (PDF; without a village one list each), with number and QR code, to be taken in by the panel when signed. Patches without evidence are not listed.</translation>
  </message>
  <message>
   <source>村（社区），不填为每个村</source>
   <translation>Village, empty for each</translation>
  </message>
  <message>
   <source>输出文件夹</source>
   <translation>Output folder</translation>
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
  <name>HandOut</name>
  <message>
   <source>外业派发</source>
   <translation>Field hand-out</translation>
  </message>
  <message>
   <source>按村或人员生成外业派发文件夹：按最近邻顺序编号的派发单 PDF、手机地图 KML（奥维可用）和 QField 项目。村、人员都不填时派发全部未办图斑。照片交回后用“附照片文件夹”归到图斑。</source>
   <translation>Makes a folder for field work, by village or person: sheets (PDF) in nearest-neighbour order, KML for phones (Ovital) and a QField project. Without village and person: all open patches. What comes back is placed by “attach photos”.</translation>
  </message>
  <message>
   <source>输出文件夹</source>
   <translation>Output folder</translation>
  </message>
  <message>
   <source>村（社区）</source>
   <translation>Village</translation>
  </message>
  <message>
   <source>人员</source>
   <translation>Person</translation>
  </message>
  <message>
   <source>形式（pdf、kml、qfield，用逗号分开）</source>
   <translation>Forms (pdf, kml, qfield, separated by commas)</translation>
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
   <source>重新计算每个文件的校验值，指出被改动、丢失和凭空出现的文件；并核验日志链、记录、面积平衡、孤立文件和已失效的村级承诺。</source>
   <translation>Hashes every file anew and names those that were changed, vanished or appeared; also verifies the journal chain, records, area balance, stray files and void village certificates.</translation>
  </message>
 </context>
</TS>

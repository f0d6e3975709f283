"""One catalogue of everything that can go wrong: code -> what happened, what to do.

Messages are Chinese at source because every user reads Chinese; `{name}` placeholders are
filled from the keyword arguments of :class:`WeipianError`.
"""

from __future__ import annotations

import errno
from typing import Any

#: code -> (message: what and where, remedy: what to do)
CATALOGUE: dict[str, tuple[str, str]] = {
    "E_FILE_MISSING": ("找不到文件：{path}", "请检查路径是否正确，U 盘或网络盘是否已连接。"),
    "E_FILE_UNREADABLE": ("文件打不开：{path}（{detail}）", "请确认文件没有损坏，必要时请下发单位重新提供。"),
    "E_FORMAT_UNSUPPORTED": (
        "不认识的文件格式：{path}",
        "请提供 Shapefile、GDB、GeoPackage、GeoJSON、KML、DXF、界址点 TXT、Excel 或 CSV 表格，或它们的 zip 压缩包。",
    ),
    "E_FORMAT_CONVERT": ("{kind}不能直接导入：{path}", "处理办法：{remedy}。"),
    "E_MDB": (
        "这是 Access 数据库，这里不能直接打开：{path}",
        "请在 ArcGIS 中把图斑图层导出为 Shapefile 或 File GDB（.gdb），或请下发单位改为提供这两种格式。",
    ),
    "E_ANSWER": ("“{key}”的取值不认识：{value}", "可以填写：{choices}。"),
    "E_ANSWER_KEY": ("ANSWERS 里的“{key}”不是导入会问的问题", "可以写：{choices}，或字段的标准名称，例如 patch_id。"),
    "E_FIELD_NAME": ("FIELD_MAP 里的“{name}”不是标准字段名", "可以写：{choices}。"),
    "E_CRS_MISMATCH": (
        "指定的坐标系 {crs} 与数据对不上：{reason}",
        "最可能是 {guess}，请核对后重新指定；不能确定时请向下发单位核实。",
    ),
    "E_COORDINATE_UNIT": (
        "坐标像是以{unit}为单位（第一个点约 {x}, {y}），不是米也不是度",
        "请下发单位提供以米或度为单位的成果，或换算成米后再导入。",
    ),
    "E_PARAMETER": ("参数 {name} 的写法不对：{detail}", "请填写 JSON 对象，例如 {example}。"),
    "E_FIELD_UNKNOWN": ("数据里没有字段“{field}”，现有字段：{fields}", "请从现有字段中选择。"),
    "E_LAYER_EMPTY": ("图层里没有任何图斑：{path}", "请确认选对了图层，或请下发单位重新提供。"),
    "E_NOT_POLYGON": ("图层是{geometry}，不是面：{path}", "图斑必须是面图层，请选择面图层后重新导入。"),
    "E_QUESTION": ("需要先回答：{questions}", "请在界面上选择，或在 ANSWERS 参数中给出答案。"),
    "E_FIELD_MISSING": ("找不到图斑编号字段，现有字段：{fields}", "请在字段对应中指定哪一列是图斑编号。"),
    "E_CRS_UNKNOWN": ("文件没有坐标系（缺少 .prj）：{path}", "请指定坐标系，例如 CGCS2000 3 度带 108E 填 EPSG:4545。"),
    "E_CRS_DATUM": (
        "坐标系是{crs}，不能直接转换到 CGCS2000",
        "请下发单位提供 CGCS2000 成果，或用正式转换参数转换后再导入。",
    ),
    "E_CRS_INVALID": ("坐标系写法不对：{crs}", "请填写 EPSG 编号，例如 EPSG:4545。"),
    "E_ALL_REJECTED": ("{count} 行全部不能导入：{reasons}", "请按原因改正或请下发单位重新提供；没有建立批次。"),
    "E_BATCH_EXISTS": ("已经有名为“{name}”的批次", "同一份下发数据不需要重复导入；如确为新的一批，请换一个批次名称。"),
    "E_WHO_MISSING": ("没有填写经办人", "请填写姓名，每一条操作记录都要写明是谁做的。"),
    "E_WS_NAME": ("没有填写工作区名称", "请填写名称，例如“古路镇 2026 上半年”。"),
    "E_WS_MISSING": ("这里没有工作区：{path}", "请选择含有 workspace.gpkg 的文件夹，或新建工作区。"),
    "E_WS_NOT_EMPTY": ("文件夹里已有其他内容：{path}", "请换一个空文件夹新建工作区。"),
    "E_WS_NEWER": (
        "工作区由更新版本的插件建立（版本 {found}，本机支持到 {supported}）",
        "请升级卫片执法助手后再打开；文件没有被改动。",
    ),
    "E_WS_OLDER": (
        "工作区由旧版本的插件建立，要先升级才能打开，但这里是只读的：{path}",
        "请把工作区复制到可写的本机磁盘再打开，会自动升级并先备份。",
    ),
    "E_WS_LOCKED": ("工作区正被另一个程序占用：{path}", "请关闭正在使用它的另一个 QGIS 或等待片刻再试。"),
    "E_WS_READONLY": ("工作区是只读的，不能保存：{path}", "请把工作区复制到可写的本机磁盘，或检查文件夹权限。"),
    "E_WS_DAMAGED": ("工作区文件已损坏：{path}（{detail}）", "请不要继续写入；可从 backups 文件夹恢复最近的备份。"),
    "E_DISK_FULL": ("磁盘空间不足：{path}", "请清理磁盘后重试；已经保存的内容没有丢失。"),
    "E_PATCH_MISSING": ("工作区里没有图斑 {patch_id}", "请检查图斑编号，或先导入所在批次。"),
    "E_PATCH_MISMATCH": ("当前图斑是 {expected}，但要写入的是 {found}，已停止", "请重新选中图斑后再操作。"),
    "E_TRANSITION": ("图斑 {patch_id} 现在是“{current}”，不能变为“{target}”", "请按流程先完成前一步。"),
    "E_BULK_ILLEGAL": ("违法不能批量判定", "违法要逐个看、逐个判；批量只能判合法或其他，而且每个都与建议一致。"),
    "E_BULK_CHANGED": ("图斑 {patch_id} 在这期间被改动，批量判定没有保存", "请重新读取后再选。"),
    "E_JUDGED_MEANWHILE": (
        "图斑 {patch_id} 刚才已由{by}判定为“{verdict}”，您的判定没有保存",
        "面板已换成最新情况，请先看一看；仍要改的，再按一次提交。",
    ),
    "E_CASE_NOT_ILLEGAL": ("图斑 {patch_id} 没有判定为违法，不能登记查处整改", "请先判定；判定为违法后才有查处整改。"),
    "E_CLOSURE": ("图斑 {patch_id} 还不能销号：{missing}", "请补齐所列各项后再销号。"),
    "E_REASON_REQUIRED": ("与建议不一致的判定需要写明理由", "请在“理由”中写一句话，例如核实到的事实。"),
    "E_VOID_REASON": (
        "{what}已有判定或外业等工作，作废需要写明原因",
        "请写一句话，例如“县局通知撤回”或“实地无此图形”。",
    ),
    "E_VERDICT_UNKNOWN": ("不认识的判定：{value}", "请填写 合法、违法、其他 或 存疑。"),
    "E_SUBTYPE_UNKNOWN": ("“{verdict}”下没有细类“{value}”", "请从规则包列出的细类中选择。"),
    "E_DATE_INVALID": ("日期写法不对：{value}", "请写成 2026-05-01 这样的日期。"),
    "E_AREA_INVALID": ("面积写法不对：{value}", "请填写不小于 0 的数字，单位为亩。"),
    "E_TABLE_COLUMNS": ("表格缺少列：{columns}", "请按模板补上列名后再导入。"),
    "E_PHOTO_NO_EXIF": (
        "照片没有拍摄信息（EXIF）：{path}",
        "微信默认会清除 EXIF，请让对方勾选“原图”重发，或手工填写位置和方位角。",
    ),
    "E_PHOTO_UNREADABLE": ("照片读不出来：{path}（{detail}）", "请确认文件没有损坏，必要时请重新提供。"),
    "E_OUTLINE": (
        "批准范围读不出来：{path}（{reason}）",
        "请提供批准（勘测定界）范围的面状矢量文件或界址点文本，并写明坐标系。",
    ),
    "E_DECLINATION": (
        "磁偏角的数值不对：{value}",
        "请填写 −30 到 30 之间的度数，东偏为正、西偏为负；不换算请留空。",
    ),
    "E_PHOTO_POSITION": (
        "照片的位置或方位角不合理：{value}",
        "经度 ±180、纬度 ±89.9、方位角 0–360 度，请按照片水印重新填写。",
    ),
    "E_EVIDENCE_MISSING": ("举证文件不在工作区里：{name}", "请从原始来源重新附上该文件。"),
    "E_EVIDENCE_KIND": ("{kind}没有附：{path}", "附件是照片、扫描件和文件；{remedy}。"),
    "E_CLASS_UNKNOWN": ("规则包里没有图斑分类“{value}”", "请从列出的分类中选择。"),
    "E_LEVEL": ("监测等级不对：{value}", "请选择一级、二级、三级或不填。"),
    "E_PATCH_VOID": ("图斑 {patch_id} 已作废，不能再改", "如作废有误，请先撤销作废。"),
    "E_ADOPTED": ("采用面积没有保存：{reason}", "请写明理由（例如勘测定界面积及文号）；拆分出的图斑请重新拆分。"),
    "E_SPLIT_PARENT": (
        "图斑 {patch_id} 已被拆分，只能查看",
        "请在它的子图斑上办理：{children}；如拆分有误，请先“取消拆分”。",
    ),
    "E_SPLIT_ALREADY": ("图斑 {patch_id} 已经拆分过", "请先“取消拆分”，再重新划分。"),
    "E_SPLIT_CHILD": (
        "图斑 {patch_id} 是 {parent} 拆分出来的，不能再拆",
        "请先对 {parent}“取消拆分”，再一次划好全部子图斑。",
    ),
    "E_SPLIT_VOID": ("图斑 {patch_id} 已作废，不能拆分", "作废的图斑不需要再办理。"),
    "E_SPLIT_CASE": (
        "图斑 {patch_id} 已登记查处整改（{status}），不能拆分",
        "请先用“撤销”退回查处登记，拆分后在违法的子图斑上重新登记；或按整宗办理。",
    ),
    "E_SPLIT_NO_BOUNDARY": ("图斑 {patch_id} 没有边界", "请先“绘制边界”。"),
    "E_SPLIT_NOTHING": (
        "没有切开图斑 {patch_id}：线要从一侧边界画到另一侧，范围要比图斑小",
        "请从图斑外画起、在图斑外结束，或把端点捕捉到边界上。",
    ),
    "E_SPLIT_OUTSIDE": (
        "子图斑有 {area} 平方米在图斑 {patch_id} 之外",
        "请检查坐标和坐标系，或先按图斑边界裁剪后再粘贴。",
    ),
    "E_SPLIT_OVERLAP": ("粘贴的子图斑互相重叠 {area} 平方米", "请改正后再粘贴，或勾选“重叠处归前一个”。"),
    "E_SPLIT_INVALID": ("范围的边界自相交或不成面，不能使用", "请重新画，各边不要交叉。"),
    "E_SPLIT_FAR": (
        "粘贴的坐标与图斑 {patch_id} 相距很远",
        "请检查坐标系和 X、Y 的次序，或在“坐标系”中指定，例如 EPSG:4545。",
    ),
    "E_SPLIT_NUMBERS": ("图斑 {patch_id} 至少要分成两个子图斑", "请给各块写上子图斑序号，不要全部相同。"),
    "E_SPLIT_NOT": ("图斑 {patch_id} 没有拆分过", "只有被拆分的图斑才能取消拆分。"),
    "E_SPLIT_WORKED": ("不能取消拆分：{what}", "请先撤销子图斑上的这些操作；已经上报的请按子图斑办理。"),
    "E_SHAPES_TEXT": ("粘贴的内容里没有面", "请粘贴 WKT、GeoJSON、界址点坐标，或在 QGIS 里选中要素后复制。"),
    "E_SHAPES_SELECT": ("当前图层里没有选中的面", "请在 QGIS 图层面板点中一个面图层，用选择工具选中要素，再点这里。"),
    "E_DRAW_BOUNDARY": (
        "图斑 {patch_id} 有下发的边界，不能另画",
        "下发边界不改动；如边界有误，请向下发单位反馈，或拆分图斑。",
    ),
    "E_DRAW_WORKED": ("图斑 {patch_id} 已登记查处整改或已上报，不能再改边界", "请先退回到判定之前的状态。"),
    "E_CLUE_PLACE": ("线索没有位置", "请在地图上点一下，或画出范围。"),
    "E_CLUE_SOURCE": ("不认识的线索来源：{value}", "可以填写：巡查、网格员报告、群众举报。"),
    "E_CLUE_TIME": ("{label}写法不对：{value}", "请写成 2026-05-01 或 2026-05-01 14:30。"),
    "E_CLUE_KNOWN": ("这条线索已登记为 {patch_id}", "不需要重复登记；如确为另一条，请在说明中写清区别。"),
    "E_CLUE_ORDER": ("{later}早于{earlier}", "请核对三个时间的先后。"),
    "E_RULES": ("规则包有错：{detail}", "请按提示的文件和行号改正，或改用随插件发布的规则包。"),
    "E_LAYER_ROLE": (
        "不认识的图层角色：{role}",
        "可用的角色：landuse、prime_farmland、eco_redline、urban_boundary、plan_zone、approval、supply、title、temp_land、facility_agri、rural_house、mining_right、village、grid、image_before、image_after。",
    ),
    "E_REGISTER_ROLE": (
        "登记表不能作为“{role}”使用",
        "表格只能用作审批类：approval、supply、title、temp_land、facility_agri、rural_house；其他用途请提供面图层。",
    ),
    "E_REGISTER_EMPTY": (
        "登记表里没有可用的行：{path}",
        "请确认表头下面有数据，并写有户主（申请人）、批准文号、村或位置。",
    ),
    "E_REGISTER_MISSING": ("登记表里没有这一条：{entry}", "登记表可能刚被替换，请刷新面板后再操作。"),
    "E_PROFILE": ("图层方案读不出来：{path}（{detail}）", "请让对方重新导出图层方案，或在图层窗口里重新指定后另存。"),
    "E_PROFILE_NAME": ("没有填写图层方案的名称", "请填写区县名称，例如“渝北区”。"),
    "E_PROFILE_MISSING": ("没有名为“{name}”的图层方案", "请在图层窗口里先保存方案，或导入别人导出的方案文件。"),
    "E_IMAGE_DRIVER": (
        "这台电脑的 QGIS 不能读 {kind} 影像：{path}",
        "请用提供方的软件另存为 GeoTIFF（.tif）后再添加。",
    ),
    "E_IMAGE_UNREADABLE": ("影像打不开：{path}", "请确认文件完整、格式正确；分块下载的要全部下载完。"),
    "E_IMAGE_FOLDER": (
        "文件夹里没有影像：{path}",
        "支持 .tif、.img、.jp2、.ecw（需驱动），以及带坐标文件的 .jpg、.png。",
    ),
    "E_IMAGE_PLACE": (
        "影像没有坐标信息：{path}",
        "如果有同名的 .tfw/.jgw 坐标文件，请放在同一文件夹；否则请先用 QGIS 的“栅格 › 配准工具”配准后再添加。",
    ),
    "E_IMAGE_CRS": ("影像没有写明坐标系：{path}", "请选择它的坐标系{guess}。"),
    "E_IMAGE_REASON": ("影像标记的理由不认识：{value}", "可以用：{choices}。"),
    "E_IMAGE_ROLE": ("“{role}”不是影像的用途", "可以用：image_before、image_after。"),
    "E_TILE_URL": (
        "在线地图的地址不能用：{detail}",
        "XYZ 地址要有 x、y、z 三个花括号占位符；WMTS 地址要有 LAYER 和 TILEMATRIXSET。",
    ),
    "E_TILE_KEY": (
        "密钥没有存进 QGIS 的认证库",
        "请在 QGIS 的主密码对话框里输入主密码后重试；密钥不会写进工作区或工程。",
    ),
    "E_IMAGE_DATED": (
        "在线地图的影像日期不明，不能当作前时相或后时相",
        "请填写这一期影像的拍摄日期；不知道日期时，请作为底图添加。",
    ),
    "E_BATCH_UNKNOWN": ("没有这个批次：{name}", "现有批次：{choices}。"),
    "E_FRAME": ("画面范围的数值不对：{value}", "请让图斑显示在地图上以后再保存。"),
    "E_LAYER_CRS": ("图层没有坐标系：{path}", "请在 QGIS 中为该图层指定坐标系后重试。"),
    "E_LAYER_FIELD": ("图层 {path} 没有字段 {field}", "请在图层设置里选择正确的地类编码字段。"),
    "E_LANDUSE_SCHEME": (
        "不能确定土地利用图层采用的分类标准：{path}",
        "请指明是三调工作分类（TD/T 1055）还是用地用海分类。",
    ),
    "E_NO_OVERLAY": ("还没有套合分析结果", "请先指定图层并运行套合分析。"),
    "E_LIBRARY": ("缺少程序库 {name}", "请使用官方安装包，或按 README 的“离线安装”补装该库。"),
    "E_DISPATCH_PERSON": ("派单没有写责任人", "请写明派给谁；可以从上次的名单里选。"),
    "E_CERT_NUMBER": (
        "承诺清单编号不对：{value}",
        "编号印在清单右上角，形如 WP260501-123YJ；请核对后重新输入，或用扫码枪扫二维码。",
    ),
    "E_CERT_UNKNOWN": (
        "这个工作区没有打印过承诺清单 {number}",
        "请确认清单是从本工作区打印的；如是另一份副本打印的，请在那份工作区里签收。",
    ),
    "E_CERT_NOTHING": ("没有可以承诺的图斑：{reason}", "请先给图斑附上举证材料，再打印承诺清单。"),
    "E_CERT_SIGNED_BY": ("没有填写签字人", "请填写清单上签字人的姓名。"),
    "E_CERT_WITHDRAWN": ("承诺清单 {number} 已作废", "请用新打印的清单；如作废有误，请先撤销作废。"),
    "E_CERT_FUTURE": ("签字日期 {date} 不对：{reason}", "请按清单上写的日期填写。"),
    "E_RENDER": (
        "核查表 {patch_id} 出图失败：{detail}",
        "其余图斑不受影响；请检查影像和图层是否仍可打开，然后重新导出。",
    ),
    "E_PACK_STORED": ("工作区里保存的规则包读不出来", "请在“规则包…”里为批次重新选用一个规则包。"),
    "E_PACK_UNKNOWN": ("没有这个规则包：{pack}", "可用的有：{known}。请写规则包的编号，或规则包文件夹。"),
    "E_PACK_BATCH": ("没有这个批次：{batch}", "可用的有：{known}。"),
    "E_CANCELLED": ("已取消", "没有改动任何内容。"),
    "E_NOTHING_TO_UNDO": ("没有可以撤销的操作", "只能撤销自己今天在最近一次导入或套合之后的操作。"),
    "E_NOTHING_TO_REDO": ("没有可以重做的操作", "撤销之后又做了别的操作，就不能再重做了。"),
    "E_UNDO_CHANGED": ("不能撤销：这条记录后来又被改动过", "请打开该图斑，按现在的情况重新办理。"),
    "E_REVISION": (
        "图斑 {patch_id} {state}，把“违法”改为“{to}”属于改判，还缺：{missing}",
        "请写明改判理由、依据文件（文号或附件）和另一位复核人；批量导入时用“改判理由”“文号”“复核人”三列。",
    ),
    "E_PERSON": ("没有填写姓名", "请填写在键盘前操作的人的姓名。"),
    "E_ROLE": ("不认识的岗位：{value}", "可以选择：填报、内审、只看。"),
    "E_ROLE_VIEWER": ("{name}现在的岗位是“只看”，不能保存", "请点面板上方的姓名换人，或改为“填报”“内审”。"),
    "E_ROLE_CHECKER": ("内审要由“内审”岗位的人来做，{name}现在是“{role}”", "请点面板上方的姓名换人。"),
    "E_CHECK_SELF": ("图斑 {patch_id} 是{name}自己判定的，不能自己内审", "请换另一位同事内审。"),
    "E_CHECK_STATE": ("图斑 {patch_id} 现在是“{state}”，不能内审", "内审在判定之后、上报之前进行。"),
    "E_CHECK_REASON": ("内审退回没有写理由", "请从清单里选一条，或写一句话。"),
    "E_HAND_IN": ("图斑 {patch_id} 还不能上报：{missing}", "请先补齐：{remedy}。"),
    "E_CHECK_RETURNED": ("图斑 {patch_id} 被内审退回，还没有重新判定", "请按内审意见改好、重新提交判定后再上报。"),
    "E_NOT_SEEN": (
        "后时相影像还没显示，稍等一下",
        "影像画出来后再提交；影像图层被关掉或移除的，请打开或“重新读取”；影像有问题时请先标记原因。",
    ),
    "E_HANDOUT_EMPTY": ("没有可以派发的图斑：{label}", "请换一个村或人员，或确认这些图斑还没有报送。"),
    "E_EXPORT_SCOPE": ("不认识的导出范围：{scope}", "请填写 all、open、batch:批次名、month:2026-05 或 year:2026。"),
    "E_WRITE": (
        "写不进去：{path}（{detail}）",
        "请检查文件夹权限，或换一个位置；如果文件正在 Excel/WPS 中打开，请先关闭。",
    ),
    "E_UNEXPECTED": ("程序出错：{detail}", "操作没有完成，数据没有改动；详细信息在 QGIS 日志“卫片执法助手”中。"),
}


class WeipianError(Exception):
    """An expected failure with a sentence for the clerk.

    Args:
        code: a key of :data:`CATALOGUE`.
        **params: values for the placeholders of the message.

    Raises:
        KeyError: if the code is not in the catalogue (a programming error).
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        message, remedy = CATALOGUE[code]
        self.message = message.format(**params)
        self.remedy = remedy.format(**params)
        super().__init__(f"{self.message}。{self.remedy}")


_OS_REASONS: dict[int, str] = {
    errno.EACCES: "文件正在被 Excel、WPS 等程序占用，或没有权限",
    errno.EPERM: "文件正在被 Excel、WPS 等程序占用，或没有权限",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经有同名的文件",
    errno.ENOSPC: "磁盘空间不够",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名或路径太长",
    errno.EIO: "磁盘或网络读写出错",
    errno.EMFILE: "打开的文件太多",
}


def os_reason(error: OSError) -> str:
    """What the system said of a file, in words for the `detail` of an error."""
    return _OS_REASONS.get(error.errno or 0, "") or error.strerror or str(error) or "读写失败"

"""The six sheets of the ledger workbook (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from . import xlsx
from .clue_sheet import CLUES, clue_sheet
from .columns import AREA, COLUMNS, COUNT, HEADERS, row_of
from .facts import (
    SPLIT_LABELS,
    filed_uids,
    in_original_set,
    in_verified_set,
    is_clue,
    is_illegal,
    is_rectified,
    issued_figures,
    issued_mu,
    rectified_way,
    sub_type,
    total_mu,
)
from .model import PatchReport, ReportMeta
from .register_sheet import REGISTERS, register_sheet
from .revision_sheet import REVISIONS, revision_sheet
from .statistics import case_sheet, summary_sheet
from .workbook_refs import CHECK, FIRST, ILLEGAL, LEDGER, ref, span

_CHECK_HEADERS = (
    "图斑编号", "拆分状态", "计入下发", "计入核实", "地块面积(亩)", "耕地", "非耕农用地", "未利用地", "建设用地",
    "未分类", "未覆盖", "重复", "差值", "结论", "下发面积(亩)", "计算−下发", "已填报",
)  # fmt: skip
_ILLEGAL_HEADERS = (
    "序号", "图斑编号", "批次/月份", "村(社区)", "监测等级", "项目名称", "用地主体/当事人", "二级类", "违法面积(亩)",
    "其中耕地", "其中永久基本农田", "其中生态保护红线", "案件状态", "是否整改", "整改归类", "剩余未整改面积", "备注",
)  # fmt: skip
_ILLEGAL_WIDTHS = (5, 18, 11, 11, 8, 18, 15, 14, 10, 9.5, 11, 11, 9.5, 8, 9, 11, 22)


def build(reports: Sequence[PatchReport], meta: ReportMeta) -> Workbook:
    """Fill a workbook; nothing is written to disk."""
    book = Workbook()
    xlsx.add_styles(book)
    book.properties.title = meta.title
    book.properties.creator = meta.produced_by
    book.calculation.fullCalcOnLoad = True
    sheet = book.active
    sheet.title = LEDGER
    clues = [report for report in reports if is_clue(report)]
    reports = [report for report in reports if not is_clue(report)]
    _ledger(sheet, reports, meta)
    illegal = _illegal(book.create_sheet(ILLEGAL), reports, meta)
    _head(summary := book.create_sheet("汇总"), meta, "汇总")
    summary_totals = summary_sheet(summary, reports)
    _head(cases := book.create_sheet("整改统计"), meta, "违法图斑整改统计")
    case_total = case_sheet(cases, reports, illegal)
    _checks(book.create_sheet(CHECK), reports, meta, summary_totals, case_total)
    _notes(book.create_sheet("说明"), reports, meta)
    footer = _footer(meta)
    if any(report.registers for report in reports):
        _head(entries := book.create_sheet(REGISTERS), meta, "审批登记与图斑的对应")
        register_sheet(entries, reports)
        xlsx.page(entries, f"C{FIRST}", "1:3", footer)
    if any(report.revisions for report in reports):
        _head(revised := book.create_sheet(REVISIONS), meta, "改判清单")
        revision_sheet(revised, reports)
        xlsx.page(revised, f"C{FIRST}", "1:3", footer)
    if clues:
        _head(listed := book.create_sheet(CLUES), meta, "线索（不计入下发和填报率）")
        clue_sheet(listed, clues)
        xlsx.page(listed, f"C{FIRST}", "1:3", footer)
    for name, freeze, repeat in (
        (LEDGER, f"C{FIRST}", "1:3"), (ILLEGAL, f"C{FIRST}", "1:3"), ("汇总", "B5", "1:4"),
        ("整改统计", "B5", "1:4"), (CHECK, f"B{FIRST}", "1:3"), ("说明", "A3", "1:2"),
    ):  # fmt: skip
        xlsx.page(book[name], freeze, repeat, footer)
    return book


def _footer(meta: ReportMeta) -> str:
    anchor = f"日志锚点 {meta.anchor[:16]}" if meta.anchor else ""
    return "  ".join(part for part in ("草稿" if meta.draft else "", f"规则包 {meta.pack_version}", anchor) if part)


def _head(sheet: Worksheet, meta: ReportMeta, name: str) -> None:
    draft = "【草稿】" if meta.draft else ""
    when = meta.produced_at[:16].replace("T", " ")
    subtitle = (
        f"范围：{meta.scope_label}　面积单位：亩　耕地：{meta.cropland}　制表：{meta.produced_by}　{when}　"
        f"工作区：{meta.workspace_name}"
    )
    xlsx.title(sheet, f"{draft}{meta.title}{f' · {name}' if name else ''}", subtitle)


def _ledger(sheet: Worksheet, reports: Sequence[PatchReport], meta: ReportMeta) -> None:
    _head(sheet, meta, "" if LEDGER in meta.title else LEDGER)
    xlsx.header(sheet, 3, HEADERS, 44)
    xlsx.widths(sheet, [column.width for column in COLUMNS])
    styles = [f"wp_{column.kind}" for column in COLUMNS]
    for number, report in enumerate(reports, 1):
        for index, value in enumerate(row_of(report, number)):
            xlsx.put(sheet, FIRST + number - 1, index + 1, value, styles[index])
    last = FIRST + max(len(reports), 1) - 1
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(COLUMNS))}{last}"
    _total_row(sheet, last, filtered=not all(in_verified_set(r) for r in reports))


def _total_row(sheet: Worksheet, last: int, *, filtered: bool) -> None:
    """合计 over the verified set: a patch that was split is listed and its children count, a void one does not."""
    counted = ref(CHECK, "D", last)
    for index, column in enumerate(COLUMNS, 1):
        style = f"wp_total_{column.kind if column.kind in (AREA, COUNT) else 'text'}"
        if not column.total:
            xlsx.put(sheet, last + 1, index, "合计" if index == 2 else None, style)
            continue
        cells = span(get_column_letter(index), last)
        total = f'SUMIFS({cells},{counted},"是")' if filtered else f"SUM({cells})"
        if column.kind == AREA:  # empty stays empty: the layer was not given
            total = f'IF(COUNT({cells})=0,"",ROUND({total},2))'
        xlsx.formula(sheet, last + 1, index, total, style)


def _illegal(sheet: Worksheet, reports: Sequence[PatchReport], meta: ReportMeta) -> int:
    """违法图斑清单, its areas linked to the ledger. Gives back its last data row."""
    _head(sheet, meta, "违法图斑清单")
    xlsx.header(sheet, 3, _ILLEGAL_HEADERS)
    xlsx.widths(sheet, _ILLEGAL_WIDTHS)
    listed = [(FIRST + i, r) for i, r in enumerate(reports) if is_illegal(r) and in_verified_set(r)]
    areas = [
        get_column_letter(HEADERS.index(name) + 1) for name in ("图斑面积(亩)", "耕地", "永久基本农田", "生态保护红线")
    ]
    remaining = get_column_letter(HEADERS.index("剩余未整改面积") + 1)
    for number, (source, report) in enumerate(listed, 1):
        row = FIRST + number - 1
        _illegal_texts(sheet, row, number, report)
        for column, letter in zip((9, 10, 11, 12, 16), (*areas, remaining)):
            cell = f"'{LEDGER}'!{letter}{source}"
            xlsx.formula(sheet, row, column, f'IF({cell}="","",{cell})', "wp_area")
    last = FIRST + max(len(listed), 1) - 1
    for column in range(1, len(_ILLEGAL_HEADERS) + 1):
        letter = get_column_letter(column)
        if column in (9, 10, 11, 12, 16):
            xlsx.formula(sheet, last + 1, column, f"ROUND(SUM({span(letter, last)}),2)", "wp_total_area")
        else:
            xlsx.put(sheet, last + 1, column, "合计" if column == 2 else None, "wp_total_text")
    return last


def _illegal_texts(sheet: Worksheet, row: int, number: int, report: PatchReport) -> None:
    ledger = dict(zip(HEADERS, row_of(report, number)))
    values = {
        1: number, 2: ledger["图斑编号"], 3: ledger["批次/月份"], 4: ledger["村(社区)"], 5: ledger["监测等级"],
        6: ledger["项目名称"], 7: ledger["用地主体/当事人"], 8: sub_type(report), 13: report.patch.case_status.label,
        14: "是" if is_rectified(report) else "否", 15: rectified_way(report),
        17: report.patch.remark,
    }  # fmt: skip
    for column, value in values.items():
        xlsx.put(sheet, row, column, value, "wp_count" if column == 1 else "wp_text")


def _checks(
    sheet: Worksheet, reports: Sequence[PatchReport], meta: ReportMeta, summary_totals: Sequence[str], case_total: int
) -> None:
    """校核: per patch 地块 − 各地类, then the sums that must agree between the sheets."""
    _head(sheet, meta, "面积平衡与总数校核")
    xlsx.header(sheet, 3, _CHECK_HEADERS)
    xlsx.widths(sheet, (19, 10, 9, 9, *([10.5] * 9), 10, 11, 10, 8))
    linked = [
        get_column_letter(HEADERS.index(name) + 1)
        for name in ("图斑面积(亩)", "耕地", "非耕农用地", "未利用地", "建设用地")
    ]
    filed = filed_uids(reports)
    for row, report in enumerate(reports, FIRST):
        _check_row(sheet, row, report, linked)
        xlsx.put(sheet, row, 17, "是" if report.patch.patch_uid in filed else "否", "wp_text")
    last = FIRST + max(len(reports), 1) - 1
    xlsx.red_when(sheet, f"M{FIRST}:N{last}", f"AND(ISNUMBER($M{FIRST}),ABS($M{FIRST})>0.01)")
    _cross_checks(sheet, last + 3, last, summary_totals, case_total)


def _check_row(sheet: Worksheet, row: int, report: PatchReport, linked: Sequence[str]) -> None:
    xlsx.put(sheet, row, 1, report.patch.patch_id, "wp_text")
    xlsx.put(sheet, row, 2, SPLIT_LABELS.get(report.patch.split_state, report.patch.split_state), "wp_text")
    xlsx.put(sheet, row, 3, "是" if in_original_set(report) else "否", "wp_text")
    xlsx.put(sheet, row, 4, "是" if in_verified_set(report) else "否", "wp_text")
    for column, letter in enumerate(linked, 5):
        cell = f"'{LEDGER}'!{letter}{row}"
        xlsx.formula(sheet, row, column, f'IF({cell}="","",{cell})', "wp_area")
    if report.summary is not None and report.summary.total != total_mu(report):
        # The area in force is not the measured one; the parts can only be held against what was measured.
        xlsx.put(sheet, row, 5, report.summary.total, "wp_area")
    summary = report.summary if report.summary and report.summary.has_landuse else None
    for column, name in ((10, "unknown"), (11, "uncovered"), (12, "duplicate")):
        xlsx.put(sheet, row, column, getattr(summary, name) if summary else None, "wp_area")
    difference = f"ROUND(E{row}-(F{row}+G{row}+H{row}+I{row}+J{row}+K{row}-L{row}),2)"
    xlsx.formula(sheet, row, 13, f'IF(COUNT(G{row}:I{row})=0,"",{difference})', "wp_area")
    xlsx.formula(sheet, row, 14, f'IF(M{row}="","未套合",IF(ABS(M{row})>0.01,"不平衡","平衡"))', "wp_text")
    xlsx.put(sheet, row, 15, issued_mu(report), "wp_area")
    xlsx.formula(sheet, row, 16, f'IF(OR(O{row}="",E{row}=""),"",ROUND(E{row}-O{row},2))', "wp_area")


def _cross_checks(sheet: Worksheet, row: int, last: int, totals: Sequence[str], case_total: int) -> None:
    """The sums that must agree; `totals` are formulas of the summary sheet: count, area, illegal count, area."""
    verdict = get_column_letter(HEADERS.index("合法性判定") + 1)
    area = get_column_letter(HEADERS.index("图斑面积(亩)") + 1)
    counted, verdicts = ref(CHECK, "D", last), ref(LEDGER, verdict, last)
    illegal_area = f'ROUND(SUMIFS({ref(LEDGER, area, last)},{counted},"是",{verdicts},"=违法"),2)'
    cases = "'整改统计'!"
    lines = (
        ("核实后个数：台账 − 汇总", f'COUNTIFS({counted},"是")', totals[0]),
        ("核实后面积：台账合计 − 汇总", f"'{LEDGER}'!{area}{last + 1}", totals[1]),
        ("违法个数：台账 − 汇总", f'COUNTIFS({counted},"是",{verdicts},"=违法")', totals[2]),
        ("违法面积：台账 − 汇总", illegal_area, totals[3]),
        ("违法个数：台账 − 整改统计总任务", f'COUNTIFS({counted},"是",{verdicts},"=违法")', f"{cases}B{case_total}"),
        ("违法面积：台账 − 整改统计总任务", illegal_area, f"{cases}C{case_total}"),
        ("总任务 − (已整改 + 未整改) 个数", f"{cases}B{case_total}", f"{cases}E{case_total}+{cases}Q{case_total}"),
        ("总任务 − (已整改 + 未整改) 面积", f"{cases}C{case_total}", f"{cases}F{case_total}+{cases}R{case_total}"),
        ("总任务 − (已整改 + 未整改) 耕地", f"{cases}D{case_total}", f"{cases}G{case_total}+{cases}S{case_total}"),
        (
            "已整改 − (拆除 + 补办 + 拆补组合) 面积",
            f"{cases}F{case_total}",
            f"{cases}I{case_total}+{cases}L{case_total}+{cases}O{case_total}",
        ),
    )
    for column, text in ((1, "总数校核"), (5, "左边"), (6, "右边"), (7, "差值"), (8, "结论")):
        xlsx.put(sheet, row, column, text, "wp_header")
    for column in (2, 3, 4):
        xlsx.put(sheet, row, column, None, "wp_header")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    for at, (text, left, right) in enumerate(lines, row + 1):
        kind = "wp_count" if "个数" in text else "wp_area"
        for column in range(1, 5):
            xlsx.put(sheet, at, column, text if column == 1 else None, "wp_text")
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=4)
        xlsx.formula(sheet, at, 5, left, kind)
        xlsx.formula(sheet, at, 6, right, kind)
        xlsx.formula(sheet, at, 7, f"ROUND(E{at}-F{at},2)", kind)
        xlsx.formula(sheet, at, 8, f'IF(G{at}=0,"相符","不符")', "wp_text")
    xlsx.red_when(sheet, f"G{row + 1}:H{row + len(lines)}", f"$G{row + 1}<>0")


def _notes(sheet: Worksheet, reports: Sequence[PatchReport], meta: ReportMeta) -> None:
    """说明: what the numbers are and who stands for them."""
    _head(sheet, meta, "说明")
    hand = [r.patch.patch_id for r in reports if r.hand_entered]
    shown = "、".join(hand[:30]) + (f" 等 {len(hand)} 个" if len(hand) > 30 else "")
    unmet = sum(1 for r in reports if r.summary is None or not r.summary.has_landuse)
    lines = (
        ("制表", f"{meta.produced_by}，{meta.produced_at}，工作区“{meta.workspace_name}”，范围：{meta.scope_label}"),
        ("状态", "草稿，不得作为正式上报材料" + _because(meta) if meta.draft else "正式导出"),
        (
            "面积",
            "图斑和各地类面积均为 CGCS2000 椭球面积，按平方米计算，以 1 平方米 = 3/2000 亩换算，四舍五入到 0.01 亩。",
        ),
        (
            "面积平衡",
            "地块 = 耕地 + 非耕农用地 + 未利用地 + 建设用地 + 未分类 + 未覆盖 − 重复，容差 0.01 亩。"
            "平差只分配舍入尾差（每次 0.01 亩，从面积最大的地类开始）；更大的差值原样保留并标红。",
        ),
        ("耕地口径", f"耕地（0101、0102、0103）按{meta.cropland}计。" + _BASIS),
        ("下发值", _issued(reports)),
        ("重叠面积", "永久基本农田、生态保护红线、城镇开发边界、审批范围是重叠面积，不参加地类相加。"),
        ("空白与 0", "空白表示没有提供该图层或尚未套合，0.00 表示已套合、没有占用。"),
        ("未套合", f"{unmet} 个图斑没有地类套合结果。" if unmet else "全部图斑已有地类套合结果。"),
        (
            "计数口径",
            "原始下发 = 未拆分图斑 + 被拆分的原图斑；核实后 = 未拆分图斑 + 子图斑。台账列出全部，合计取核实后。"
            "作废和图形灭失的图斑列出、不计数；线索不是下发图斑，另列“线索”表，不计入下发和填报率。",
        ),
        (
            "面积来源",
            "备注写明“下发值”的图斑没有边界，面积为下发面积；“自绘边界”的面积按补画的边界计算；“平差”的子图斑面积"
            "经平差后合计等于原图斑面积。下发值、计算值、采用值都保留在工作区。",
        ),
        (
            "填报率",
            "填报率 = 已填报 ÷ 原始下发；已提交、已退回、审核结束都算已填报，被拆分的图斑在子图斑全部填报后才算。",
        ),
        (
            "整改口径",
            "总任务 = 已整改 + 未整改；已整改 = 拆除 + 补办 + 拆补组合。剩余未整改面积为 0 且已登记整改完成才算已整改；"
            "正在等待的一律算未整改。没收在补办之前不算整改。矿山停采修复计入拆除。",
        ),
        ("套合率", "图斑在全部审批图层并集内的面积 ÷ 图斑面积；超占面积 = 图斑面积 − 该并集面积，只在套到审批时给出。"),
        ("判定", "合法性判定由人员作出。软件的建议只供参考，不是结论，不写入本台账。"),
        ("规则包", " ".join(part for part in (meta.pack_version, meta.pack_label) if part)),
        ("手填", f"以下图斑有手工填写的数据：{shown}" if hand else "没有标记为手填的数据。"),
        (
            "日志锚点",
            f"{meta.anchor or '无'}。可用“核验工作区”核对导出之后日志没有被改动；它只证明顺序和完整，不证明内容真实。",
        ),
    )
    sheet.column_dimensions["A"].width = 14
    sheet.column_dimensions["B"].width = 110
    for row, (name, text) in enumerate(lines, 3):
        xlsx.put(sheet, row, 1, name, "wp_text").font = Font(name=xlsx.FACE, size=10, bold=True)
        cell = xlsx.put(sheet, row, 2, text, "wp_text")
        cell.font = Font(name=xlsx.FACE, size=10)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[row].height = 18 * (1 + len(text) // 58)


_BASIS = "毛面积是图形面积；净面积 = 图形面积 ×（1 − 扣除系数 KCXS），扣下的田坎（1203）计入非耕农用地，面积平衡不变。"


def _issued(reports: Sequence[PatchReport]) -> str:
    """Which patches count with figures of the delivery, because their layer lacks."""
    marked = [report.patch.patch_id for report in reports if issued_figures(report)]
    if not marked:
        return "没有采用下发值代替套合的耕地、永久基本农田面积。"
    shown = "、".join(marked[:30]) + (f" 等 {len(marked)} 个" if len(marked) > 30 else "")
    return f"以下图斑没有相应图层，耕地或永久基本农田采用下发值（备注中写明）：{shown}。没有下发值的留空，不作 0。"


def _because(meta: ReportMeta) -> str:
    return f"：{'；'.join(meta.draft_reasons)}" if meta.draft_reasons else ""

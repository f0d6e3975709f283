"""The panel's menu: entries in groups, each with its key; what no part of the panel serves is left out."""

from __future__ import annotations

from collections.abc import Callable, Collection

from qgis.PyQt.QtWidgets import QAction, QMenu, QWidget

from .compat import icon

#: (command, words); an empty command is a line between groups, words that begin with ▸ name a submenu, whose own
#: entries are `▸submenu/words`.
ENTRIES: tuple[tuple[str, str], ...] = (
    ("workspace", "新建/打开工作区…"),
    ("today", "今天要办"),
    ("people", "人员…"),
    ("", ""),
    ("import", "导入图斑…"),
    ("import_status", "导入平台状态表…"),
    ("imagery", "影像…"),
    ("layers", "图层与套合…"),
    ("photos_folder", "附照片文件夹…"),
    ("lane", "待归照片…"),
    ("", "▸举证与承诺"),
    ("attach_result", "▸举证与承诺/附件清单…"),
    ("certify", "▸举证与承诺/村级承诺…"),
    ("photo_card", "▸举证与承诺/怎样发原图（卡片）"),
    ("declination", "▸举证与承诺/磁偏角…"),
    ("", "▸派单与外业"),
    ("dispatch", "▸派单与外业/派单…"),
    ("reminder", "▸派单与外业/复制催办提醒"),
    ("handout", "▸派单与外业/外业派发包…"),
    ("", "▸拆分、边界、线索"),
    ("", ""),
    ("goto", "按编号查找…"),
    ("facts", "图斑信息…"),
    ("image_mark", "标记影像问题…"),
    ("gallery", "画廊"),
    ("", "▸批次"),
    ("", "▸审核（当前图斑）"),
    ("fill", "填报抄录…"),
    ("revisions", "改判清单…"),
    ("", ""),
    ("export", "导出…"),
    ("verify", "核验工作区"),
    ("pack", "规则包…"),
    ("reload", "重新读取"),
    ("", ""),
    ("wide", "宽版/窄版"),
    ("help", "按键一览"),
)
_SUBMENU = "▸"


class MainMenu(QMenu):
    """Built once; which entries there are and their keys are looked up whenever it opens."""

    def __init__(
        self,
        parent: QWidget,
        run: Callable[[str], None],
        served: Callable[[], Collection[str]],
        key_text: Callable[[str], str],
    ) -> None:
        super().__init__(parent)
        self._served, self._key_text = served, key_text
        self._entries: dict[str, tuple[QAction, str]] = {}
        #: Command -> what gives the number that stands behind its words, nothing for 0.
        self.counts: dict[str, Callable[[], int]] = {}
        self.submenus: dict[str, QMenu] = {}
        for key, label in ENTRIES:
            if key:
                self._add(key, label, run)
            elif label:
                self.submenus[label[1:]] = self.addMenu(label[1:])
            else:
                self.addSeparator()
        self.aboutToShow.connect(self._refresh)

    def _add(self, key: str, label: str, run: Callable[[str], None]) -> None:
        menu: QMenu = self
        if label.startswith(_SUBMENU):
            name, label = label[1:].split("/")
            menu = self.submenus[name]
        action = menu.addAction(icon(key, self.parentWidget()), label)
        action.setData(key)
        action.triggered.connect(lambda _checked=False, key=key: run(key))
        self._entries[key] = (action, label)

    def _refresh(self) -> None:
        served = self._served()
        for key, (action, label) in self._entries.items():
            action.setVisible(key in served)
            hint = self._key_text(key)
            count = self.counts[key]() if key in self.counts else 0
            words = label.replace("…", f"（{count}）…") if count else label
            action.setText(f"{words}\t{hint}" if hint else words)

"""The one group 卫片 in the layer tree: patches, assigned layers, imagery. Found again by a property, never by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsMapLayer,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant

from ..core.imagery import BASEMAP
from ..core.model import LEVEL_MARKS, ROLE_LABELS, ROLES, LayerAssignment, Patch, ReviewStatus
from ..workbench.views import QueueRow
from .image_layers import BATCH_PROPERTY, DAY_PROPERTY, open_imagery
from .map_styles import status_mark, style_patches, style_role, style_table

GROUP_NAME = "卫片"
PROPERTY = "weipian/role"
PATCHES = "patches"
GROUP = "group"
IMAGE_LABELS = {"image_before": "前时相", "image_after": "后时相"}
#: Where the class of a land-use parcel stands when nobody named the field.
CLASS_FIELDS = ("DLBM", "dlbm", "DLDM", "地类编码")
_RASTER = frozenset((*IMAGE_LABELS, BASEMAP))
#: EPSG of CGCS2000 / 3-degree Gauss-Krüger CM 75E, the first of the series without zone prefix.
_FIRST_GK, _FIRST_MERIDIAN = 4534, 75


@dataclass
class Loaded:
    """What a load brought: layers by role and, in Chinese, what could not be opened."""

    patches: Optional[QgsVectorLayer]  # None once a person took it out of the tree
    by_role: dict[str, list[QgsMapLayer]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    removed: set[tuple[str, str]] = field(default_factory=set)  # role and batch of what a person took out

    def forget(self, ids: Sequence[str]) -> list[str]:
        """Let go of layers that leave the project; gives the names of those that were ours."""
        gone = set(ids)
        names: list[str] = []
        if self.patches is not None and self.patches.id() in gone:
            names.append(str(self.patches.name()))
            self.patches = None
        for role, layers in self.by_role.items():
            leaving = [layer for layer in layers if layer.id() in gone]
            names += [str(layer.name()) for layer in leaving]
            self.removed |= {(role, str(layer.customProperty(BATCH_PROPERTY) or "")) for layer in leaving}
            self.by_role[role] = [layer for layer in layers if layer not in leaving]
        return names

    def taken_out(self, role: str, patch: Patch) -> bool:
        """Whether a person took imagery that counts for this patch out of the tree."""
        return bool(self.removed & {(role, patch.batch_id), (role, "")})

    def image(self, role: str) -> Optional[QgsMapLayer]:
        """The imagery of a time, None when it was not given or does not open."""
        return next(iter(self.by_role.get(role, [])), None)

    def images(self, role: str, batch_id: str = "") -> list[QgsMapLayer]:
        """The imagery of a time for a batch, top first: its own, then that of every batch. Without batch: all."""
        layers = self.by_role.get(role, [])
        if not batch_id:
            return list(layers)
        batch = {layer: str(layer.customProperty(BATCH_PROPERTY) or "") for layer in layers}
        return [la for la in layers if batch[la] == batch_id] + [la for la in layers if not batch[la]]

    def title(self, role: str, batch_id: str = "", delivered: str = "") -> str:
        """「后时相 2026-05-01」, empty without that image; `delivered` is the day that the delivery states."""
        layer = next(iter(self.images(role, batch_id)), None)
        if layer is None:
            return ""
        if delivered and not layer.customProperty(DAY_PROPERTY):
            return f"{IMAGE_LABELS[role]} {delivered}（下发标注）"
        return str(layer.name())


def status_of(row: QueueRow) -> str:
    """Key of the style of a patch: doubt shows before a verdict, because it must be settled first."""
    if row.review_status is ReviewStatus.VOID:
        return "void"
    if row.doubt:
        return "doubt"
    return row.verdict or "open"


def label_of(row: QueueRow) -> str:
    """`① …0184 ✖`: level, tail of the id, status."""
    issued, _, number = row.patch_id.rpartition("_") if row.split_state == "child" else (row.patch_id, "", "")
    tail = issued if len(issued) <= 6 else f"…{issued[-4:]}"
    tail += f"_{number}" if number else ""
    level = LEVEL_MARKS.get(row.level or 0, "")
    return " ".join(part for part in (level, tail, status_mark(status_of(row))) if part)


def crs_of(text: str) -> QgsCoordinateReferenceSystem:
    """CRS of an authority id or a WKT; invalid when the text is neither."""
    crs = QgsCoordinateReferenceSystem()
    if text:
        crs.createFromUserInput(text)
    return crs


def gauss_kruger_at(lon: float) -> QgsCoordinateReferenceSystem:
    """CGCS2000 3-degree Gauss-Krüger zone (EPSG:4534–4554) of a longitude in degrees."""
    index = min(max(round((lon - _FIRST_MERIDIAN) / 3), 0), 20)
    return QgsCoordinateReferenceSystem(f"EPSG:{_FIRST_GK + index}")


def _patch_values(row: QueueRow) -> list[object]:
    return [row.patch_uid, row.patch_id, row.level or 0, status_of(row), label_of(row)]


def patch_layer(rows: Sequence[QueueRow], geometries: Mapping[str, bytes]) -> QgsVectorLayer:
    """A read-only layer in memory; the workspace file itself is never opened as a layer.

    Opening it would switch its journal mode and let a user edit records past the journal.
    """
    layer = QgsVectorLayer("MultiPolygon?crs=EPSG:4490&index=yes", "图斑", "memory")
    fields = [("patch_uid", QVariant.String), ("patch_id", QVariant.String), ("level", QVariant.Int)]
    fields += [("status", QVariant.String), ("label", QVariant.String)]
    provider = layer.dataProvider()
    provider.addAttributes([QgsField(name, kind) for name, kind in fields])
    layer.updateFields()
    for index, alias in enumerate(("内部编号", "图斑编号", "级别", "状态", "标注")):
        layer.setFieldAlias(index, alias)
    provider.addFeatures(_features(layer, rows, geometries))
    layer.updateExtents()
    layer.setReadOnly(True)
    layer.setDisplayExpression('"label"')
    # A layer that we can fill again at any time must not make QGIS warn of losing it.
    layer.setCustomProperty("skipMemoryLayersCheck", 1)
    layer.setCustomProperty(PROPERTY, PATCHES)
    style_patches(layer)
    return layer


def _features(layer: QgsVectorLayer, rows: Sequence[QueueRow], geometries: Mapping[str, bytes]) -> list[QgsFeature]:
    """A feature for each patch with a boundary; one that was split is seen as its children."""
    features = []
    for row in rows:
        wkb = geometries.get(row.patch_uid)
        if not wkb or row.split_state == "parent":
            continue
        feature = QgsFeature(layer.fields())
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        feature.setGeometry(geometry)
        feature.setAttributes(_patch_values(row))
        features.append(feature)
    return features


def exchange_patches(
    layer: QgsVectorLayer, gone: Sequence[int], rows: Sequence[QueueRow], geometries: Mapping[str, bytes]
) -> dict[str, int]:
    """Take features out and put patches in; gives patch_uid -> feature id of the new ones."""
    layer.dataProvider().deleteFeatures(list(gone))
    added = add_patches(layer, rows, geometries)
    layer.updateExtents()
    layer.triggerRepaint()
    return added


def add_patches(layer: QgsVectorLayer, rows: Sequence[QueueRow], geometries: Mapping[str, bytes]) -> dict[str, int]:
    """Put patches in without drawing them yet; gives patch_uid -> feature id of the new ones."""
    _ok, added = layer.dataProvider().addFeatures(_features(layer, rows, geometries))
    return {str(feature.attribute(0)): feature.id() for feature in added}


def update_patch(layer: QgsVectorLayer, fid: int, row: QueueRow) -> None:
    """Show a patch as it now is, after a decision about it."""
    layer.dataProvider().changeAttributeValues({fid: dict(enumerate(_patch_values(row)))})
    layer.triggerRepaint()


def _vector_uri(assignment: LayerAssignment) -> str:
    return f"{assignment.source}|layername={assignment.layer}" if assignment.layer else assignment.source


def open_assigned(assignment: LayerAssignment) -> tuple[list[QgsMapLayer], list[str]]:
    """The layers of an assignment for looking at, top first, and in Chinese what could not be opened."""
    if assignment.role in _RASTER:
        layers, problems = open_imagery(assignment)
    else:
        opened = _open_checked(assignment)
        layers, problems = ([], [opened]) if isinstance(opened, str) else ([opened], [])
    for layer in layers:
        layer.setCustomProperty(PROPERTY, assignment.role)
    return layers, problems


def _open_checked(assignment: LayerAssignment) -> Union[QgsMapLayer, str]:
    title = ROLE_LABELS.get(assignment.role, assignment.role)
    if not Path(assignment.source).exists():
        return f"{title}：找不到 {assignment.source}，请检查 U 盘或网络盘是否已连接"
    layer = _open_vector(assignment)
    if not layer.isValid():
        return f"{title}：打不开 {assignment.source}，请确认文件没有损坏、格式正确"
    if assignment.crs:
        crs = crs_of(assignment.crs)
        if crs.isValid():
            layer.setCrs(crs)
    if not layer.crs().isValid():
        return f"{title}：{assignment.source} 没有坐标系，请在“图层设置”中指明"
    return layer


def _open_vector(assignment: LayerAssignment) -> QgsVectorLayer:
    options = QgsVectorLayer.LayerOptions()
    options.skipCrsValidation = True
    options.loadDefaultStyle = False
    title = ROLE_LABELS.get(assignment.role, assignment.role)
    layer = QgsVectorLayer(_vector_uri(assignment), title, "ogr", options)
    if not layer.isValid():
        return layer
    layer.setReadOnly(True)
    names = layer.fields().names()
    class_field = assignment.class_field if assignment.class_field in names else ""
    class_field = class_field or next((name for name in CLASS_FIELDS if name in names), "")
    if layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry:
        style_role(layer, assignment.role, class_field)
    return layer


class LayerGroup:
    """Our group in a project: built, filled, taken away again without touching anything else."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def find(self) -> list[QgsLayerTreeGroup]:
        """Every group of ours in the tree; a saved project brings an old one along."""
        return [g for g in self._project.layerTreeRoot().findGroups(True) if g.customProperty(PROPERTY) == GROUP]

    def others(self) -> list[QgsMapLayer]:
        """Layers of the project that are not ours."""
        return [layer for layer in self._project.mapLayers().values() if not layer.customProperty(PROPERTY)]

    def _ticks(self) -> dict[str, bool]:
        """role -> whether the person has it switched on, so that a reload keeps it."""
        ticks: dict[str, bool] = {}
        for group in self.find():
            for node in group.findLayers():
                if node.layer() is not None:
                    ticks[str(node.layer().customProperty(PROPERTY))] = node.itemVisibilityChecked()
        return ticks

    def build(
        self, rows: Sequence[QueueRow], geometries: Mapping[str, bytes], assignments: Sequence[LayerAssignment]
    ) -> Loaded:
        """Make the group anew at the top of the tree: patches first, imagery last."""
        ticks = self._ticks()
        self.remove()
        patches = patch_layer(rows, geometries)
        loaded = Loaded(patches)
        self._project.addMapLayer(patches, False)
        # Filled before it joins the tree, so that the canvas is set up once.
        group = QgsLayerTreeGroup(GROUP_NAME)
        group.setCustomProperty(PROPERTY, GROUP)
        group.addLayer(patches)
        hidden = set(style_table()["hidden"]) | {"image_before"}
        for assignment in _in_drawing_order(assignments):
            layers, problems = open_assigned(assignment)
            loaded.problems += problems
            for layer in layers:
                self._project.addMapLayer(layer, False)
                node = group.addLayer(layer)
                loaded.by_role.setdefault(assignment.role, []).append(layer)
                node.setItemVisibilityChecked(ticks.get(assignment.role, assignment.role not in hidden))
                node.setExpanded(False)
        if loaded.image("image_after") is None and loaded.image("image_before") is not None:
            self.node(loaded.image("image_before"), group).setItemVisibilityChecked(True)
        self.node(patches, group).setExpanded(False)
        self._project.layerTreeRoot().insertChildNode(0, group)
        return loaded

    @staticmethod
    def node(layer: QgsMapLayer, group: QgsLayerTreeGroup) -> QgsLayerTreeLayer:
        """The tree node of a layer in a group."""
        return group.findLayer(layer.id())

    def show(self, layer: Optional[QgsMapLayer], visible: bool) -> None:
        """Tick or untick a layer of ours."""
        node = self._project.layerTreeRoot().findLayer(layer.id()) if layer is not None else None
        if node is not None:
            node.setItemVisibilityChecked(visible)

    def remove(self) -> None:
        """Take the group and its layers out; layers of the person that were dragged into it move up."""
        root = self._project.layerTreeRoot()
        for group in self.find():
            for node in group.findLayers():
                if node.layer() is not None and not node.layer().customProperty(PROPERTY):
                    root.insertChildNode(root.children().index(group) if group in root.children() else 0, node.clone())
            (group.parent() or root).removeChildNode(group)
        ours = [key for key, layer in self._project.mapLayers().items() if layer.customProperty(PROPERTY)]
        self._project.removeMapLayers(ours)


def _in_drawing_order(assignments: Sequence[LayerAssignment]) -> list[LayerAssignment]:
    """Approvals and lines above fills, land use below them, imagery last."""
    bottom = {"prime_farmland": 1, "plan_zone": 2, "landuse": 3, "image_after": 4, "image_before": 5, BASEMAP: 6}
    return sorted(
        assignments,
        key=lambda a: (bottom.get(a.role, 0), ROLES.index(a.role) if a.role in ROLES else 99, a.batch_id == ""),
    )

"""A project for QField on a phone: the patches to look at, and points with a photo that know their patch.

Follows what QField documents: a folder that can be copied whole, paths relative, photos under `DCIM`, an
ExternalResource widget with the camera. QField writes position and direction into the photo itself (EXIF), so
the table only has to say which patch a photo is for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import shapely
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDefaultValue,
    QgsEditFormConfig,
    QgsEditorWidgetSetup,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPalLayerSettings,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSymbol,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QVariant
from qgis.PyQt.QtGui import QColor

from ..core.errors import WeipianError
from .kml import Mark

#: Files of the folder; `workbench.hand_in` looks for the table of photos by these names.
DATA_NAME, PROJECT_NAME, PHOTO_FOLDER, IMAGE_NAME = "外业.gpkg", "外业.qgs", "DCIM", "影像.tif"
#: Longer side of the imagery that goes along: some tens of megabytes at most.
_PIXELS = 4096
PATCHES, PHOTOS = "图斑", "照片"
#: Columns of the table of photos: name -> (type, words of the form).
PHOTO_FIELDS = (
    ("photo_id", QVariant.String, "标识"),
    ("patch_uid", QVariant.String, "图斑"),
    ("photo", QVariant.String, "照片"),
    ("purpose", QVariant.String, "用途"),
    ("note", QVariant.String, "说明"),
    ("taken_at", QVariant.String, "时间"),
    ("azimuth", QVariant.Double, "方位角（手工，不知道就空着）"),
    ("accuracy_m", QVariant.Double, "定位精度（米）"),
)
_PATCH_FIELDS = (
    ("number", QVariant.Int, "序号"),
    ("patch_id", QVariant.String, "图斑编号"),
    ("patch_uid", QVariant.String, "标识"),
    ("level", QVariant.Int, "监测等级"),
    ("lines", QVariant.String, "说明"),
)
_CRS = "EPSG:4326"  # what phones give; the same as CGCS2000 to a metre
#: The patch that the photo lies in or next to; the person can choose another.
_NEXT = f"array_first(overlay_nearest('{PATCHES}', \"patch_uid\"))"
_TIME = "format_date(now(), 'yyyy-MM-dd HH:mm:ss')"


def write_project(
    folder: Path, title: str, marks: Sequence[Mark], purposes: Sequence[tuple[str, str]], image: Optional[Path] = None
) -> Path:
    """Write data, project and `DCIM` into `folder`; gives the path of the project.

    Args:
        folder: is made; must not hold a project yet.
        title: of the project.
        marks: with `uid` and `patch_id`, numbered in their names.
        purposes: what a photo may be for, (id, label), the usual one first.
        image: a raster inside `folder` as ground, optional.

    Raises:
        WeipianError: E_WRITE.
    """
    try:
        (folder / PHOTO_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeipianError("E_WRITE", path=folder, detail=str(error)) from error
    data = folder / DATA_NAME
    _write(data, _patches(marks), PATCHES, new=True)
    _write(data, _empty("Point", PHOTO_FIELDS), PHOTOS, new=False)
    project = QgsProject()  # never the user's
    project.setTitle(title)
    project.setCrs(QgsCoordinateReferenceSystem(_CRS))
    project.setFilePathStorage(Qgis.FilePathType.Relative)
    patches = QgsVectorLayer(f"{data}|layername={PATCHES}", PATCHES, "ogr")
    photos = QgsVectorLayer(f"{data}|layername={PHOTOS}", PHOTOS, "ogr")
    _dress_patches(patches)
    layers = [photos, patches]
    if image is not None:
        layers.append(QgsRasterLayer(str(image), "影像"))
    for layer in layers:
        project.addMapLayer(layer, False)
        project.layerTreeRoot().addLayer(layer)
    _dress_photos(photos, patches, purposes)
    box = patches.extent()
    box.grow(max(box.width(), box.height(), 0.002) * 0.1)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(QgsRectangle(box), project.crs()))
    path = folder / PROJECT_NAME
    if not project.write(str(path)):
        raise WeipianError("E_WRITE", path=path, detail=project.error())
    return path


def clip_image(sources: Sequence[str], marks: Sequence[Mark], folder: Path) -> Optional[Path]:
    """The imagery around the patches as one small GeoTIFF in `folder`; None where none covers them.

    `sources` are what GDAL opens, the first on top. The longer side has at most `_PIXELS` pixels, for a phone.
    """
    boxes = [shapely.bounds(shapely.from_wkb(m.wkb)) if m.wkb else (m.lon, m.lat, m.lon, m.lat) for m in marks]
    west, south, east, north = (f(box[i] for box in boxes) for i, f in enumerate((min, min, max, max)))
    margin = max(east - west, north - south, 0.002) * 0.15
    box = (west - margin, south - margin, east + margin, north + margin)
    path = folder / IMAGE_NAME
    wide = box[2] - box[0] >= box[3] - box[1]
    size = {"width": _PIXELS} if wide else {"height": _PIXELS}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = gdal.Warp(
            str(path), list(reversed(sources)), dstSRS=_CRS, outputBounds=box, resampleAlg="bilinear",
            creationOptions=["COMPRESS=DEFLATE", "TILED=YES"], dstAlpha=True, **size,
        )  # fmt: skip
    except (RuntimeError, OSError):
        made = None
    if made is None:
        path.unlink(missing_ok=True)
        return None
    empty = made.GetRasterBand(made.RasterCount).ComputeRasterMinMax(False)[1] == 0
    del made
    if empty:
        path.unlink(missing_ok=True)
    return None if empty else path


def _empty(geometry: str, fields: Sequence[tuple[str, int, str]]) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{geometry}?crs={_CRS}", "memory", "memory")
    layer.dataProvider().addAttributes([QgsField(name, kind) for name, kind, _ in fields])
    layer.updateFields()
    return layer


def _patches(marks: Sequence[Mark]) -> QgsVectorLayer:
    layer = _empty("MultiPolygon", _PATCH_FIELDS)
    features = []
    for number, mark in enumerate(marks, 1):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([number, mark.patch_id, mark.uid, mark.level, "\n".join(mark.lines)])
        geometry = QgsGeometry()
        if mark.wkb:
            geometry.fromWkb(mark.wkb)
        else:  # a patch without boundary is still looked for: a small circle at its centre
            geometry = QgsGeometry.fromPointXY(QgsPointXY(mark.lon, mark.lat)).buffer(0.0001, 8)
            geometry.convertToMultiType()
        feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def _write(path: Path, layer: QgsVectorLayer, name: str, *, new: bool) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = name
    action = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = action.CreateOrOverwriteFile if new else action.CreateOrOverwriteLayer
    error = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), QgsCoordinateTransformContext(), options)
    if error[0] != QgsVectorFileWriter.WriterError.NoError:
        raise WeipianError("E_WRITE", path=path, detail=error[1])


def _dress_patches(layer: QgsVectorLayer) -> None:
    """Outline without fill, the number as label, nothing to be edited."""
    symbol = QgsSymbol.defaultSymbol(layer.geometryType())
    line = symbol.symbolLayer(0)
    line.setColor(QColor(0, 0, 0, 0))
    line.setStrokeColor(QColor("#d32f2f"))
    line.setStrokeWidth(0.8)
    layer.renderer().setSymbol(symbol)
    label = QgsPalLayerSettings()
    label.fieldName = "number || ' …' || right(patch_id, 4)"
    label.isExpression = True
    layer.setLabeling(QgsVectorLayerSimpleLabeling(label))
    layer.setLabelsEnabled(True)
    layer.setReadOnly(True)
    layer.setDisplayExpression("number || ' ' || patch_id")
    for index, (_, _, words) in enumerate(_PATCH_FIELDS):
        layer.setFieldAlias(_index(layer, _PATCH_FIELDS[index][0]), words)


def _index(layer: QgsVectorLayer, name: str) -> int:
    return int(layer.fields().indexOf(name))


def _dress_photos(layer: QgsVectorLayer, patches: QgsVectorLayer, purposes: Sequence[tuple[str, str]]) -> None:
    """The form that QField shows: camera first, the patch already chosen."""
    for name, _, words in PHOTO_FIELDS:
        layer.setFieldAlias(_index(layer, name), words)
    widgets = {
        "photo_id": ("Hidden", {}),
        "patch_uid": (
            "ValueRelation",
            {
                "Layer": patches.id(),
                "LayerName": PATCHES,
                "LayerProviderName": "ogr",
                "LayerSource": f"./{DATA_NAME}|layername={PATCHES}",
                "Key": "patch_uid",
                "Value": "patch_id",
                "OrderByValue": False,
                "AllowNull": True,
            },
        ),
        # DocumentViewer 1: a picture; RelativeStorage 1: relative to the project
        "photo": (
            "ExternalResource",
            {"DocumentViewer": 1, "RelativeStorage": 1, "StorageMode": 0, "FileWidget": True},
        ),
        "purpose": ("ValueMap", {"map": [{label: key} for key, label in purposes]}),
        "note": ("TextEdit", {"IsMultiline": True}),
        "taken_at": ("TextEdit", {}),
        "azimuth": ("Range", {"Min": 0, "Max": 359.9, "Step": 1, "AllowNull": True, "Style": "SpinBox"}),
        "accuracy_m": ("TextEdit", {}),
    }
    for name, (kind, config) in widgets.items():
        layer.setEditorWidgetSetup(_index(layer, name), QgsEditorWidgetSetup(kind, config))
    defaults = {
        "photo_id": "uuid('WithoutBraces')",
        "patch_uid": _NEXT,
        "purpose": f"'{purposes[0][0]}'" if purposes else "''",
        "taken_at": _TIME,
        "accuracy_m": "@position_horizontal_accuracy",
    }
    for name, expression in defaults.items():
        layer.setDefaultValueDefinition(_index(layer, name), QgsDefaultValue(expression))
    form = QgsEditFormConfig(layer.editFormConfig())
    for name in ("taken_at", "accuracy_m"):
        form.setReadOnly(_index(layer, name), True)
    layer.setEditFormConfig(form)
    layer.setDisplayExpression("coalesce(note, photo)")
    naming = (
        f"'{PHOTO_FOLDER}/' || coalesce(\"patch_uid\", 'x') || '_' || format_date(now(),'yyyyMMddHHmmsszzz') || '.jpg'"
    )
    layer.setCustomProperty("QFieldSync/attachment_naming", json.dumps({"photo": naming}))
    layer.setCustomProperty("QFieldSync/photo_naming", json.dumps({"photo": naming}))  # before QFieldSync 4

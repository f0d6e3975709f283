"""How a raster of deep bands is made visible without a look through the whole of it."""

from __future__ import annotations

from qgis.core import QgsContrastEnhancement, QgsRasterLayer, QgsRasterMinMaxOrigin

from ..sources.rasters import stretch


def stretch_layer(layer: QgsRasterLayer, path: str) -> None:
    """Show bands deeper than 8 bits from the darkest to the lightest 2 % of small windows.

    QGIS's own default would count through the raster when it has no pyramids. 8-bit bands and palettes stay as
    they are.
    """
    renderer, provider = layer.renderer(), layer.dataProvider()
    byte_sized = provider.dataTypeSize(1) <= 1
    deep = hasattr(renderer, "setRedContrastEnhancement") or hasattr(renderer, "setContrastEnhancement")
    limits = stretch(path) if deep and not byte_sized else []
    if not limits:
        return

    def enhancement(band: int) -> QgsContrastEnhancement:
        made = QgsContrastEnhancement(provider.dataType(band))
        low, high = limits[min(max(band, 1), len(limits)) - 1]
        made.setMinimumValue(low)
        made.setMaximumValue(high)
        made.setContrastEnhancementAlgorithm(
            QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
        )
        return made

    if hasattr(renderer, "setRedContrastEnhancement"):
        renderer.setRedContrastEnhancement(enhancement(renderer.redBand()))
        renderer.setGreenContrastEnhancement(enhancement(renderer.greenBand()))
        renderer.setBlueContrastEnhancement(enhancement(renderer.blueBand()))
    else:
        renderer.setContrastEnhancement(enhancement(1))
    renderer.setMinMaxOrigin(QgsRasterMinMaxOrigin())  # "user defined": nothing is counted again while drawing

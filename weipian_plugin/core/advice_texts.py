"""The sentences and lists that a rule pack must give, so that the tests of the pre-judgement can speak."""

from __future__ import annotations

from collections.abc import Mapping

#: Sentences that a pack must give, rule id -> key -> placeholders it may use.
TEXT_KEYS: Mapping[str, Mapping[str, frozenset[str]]] = {
    rule: {key: frozenset(names.split()) for key, names in texts.items()}
    for rule, texts in {
        "R-01": {"unchanged": "", "natural": "type"},
        "R-02": {"full": "area percent", "none": "area", "stock": "area construction", "unknown": ""},
        "R-03": {"both": "", "only_approval": "", "only_supply": "", "title": "", "patchwork": ""},
        "R-04": {"in_time": "date", "late": "date built", "between": "date before after",
                 "no_date": "", "no_built": "date", "supply_late": "date built",
                 "supply_between": "date before after"},
        "R-05": {"differs": "approved actual"},
        "R-06": {"over": "covered area percent", "document": "area approved over", "role": "role inside area"},
        "R-07": {"occupied": "area", "issued": "area", "issued_none": ""},
        "R-08": {"occupied": "area"},
        "R-09": {"outside": "", "partly": "area inside", "unknown": "area", "zones": "zones"},
        "R-10": {"occupied": "area percent", "none": "", "issued": "area", "issued_none": ""},
        "R-11": {"inside": "", "partly": "area percent", "prime": "area", "cropland": "area", "misuse": "use",
                 "unregistered": "use"},
        "R-12": {"in_term": "date", "expired": "date", "no_term": "", "partly": "area percent", "permanent": "type",
                 "built": "", "reclaimed": "date", "reclaiming": "date until", "level": "area prime"},
        "R-13": {"fits": "width low high", "too_wide": "width low high", "no_width": "low high", "network": ""},
        "R-14": {"inside": "", "none": "use", "unknown": "use"},
        "R-15": {"cropland": "area", "prime": "area", "open": "", "unknown": ""},
        "R-16": {"sliver": "percent area limit", "pieces": "count area width", "entrance": "percent area limit",
                 "entrance_open": "percent area limit", "entrance_no": "percent area limit", "edge": "area",
                 "else": "area"},
        "R-17": {"new": "date since", "stock": "date since", "image": "before since", "suspect": "area since"},
        "R-18": {"hint": "code name label"},
        "R-19": {"penal": "area limit kind", "near": "area limit kind"},
        "R-20": {"no_overlay": "", "no_landuse": "", "no_geometry": "", "issued_only": "", "no_net": ""},
        "R-21": {"inside": "", "beyond": "area inside", "unknown": "", "measured": "inside area", "none": "area",
                 "valid": "date", "expired": "date", "accepted": "date", "refused": "date", "during": "date",
                 "no_term": "", "later": "date", "mineral": "filled licence", "provincial": "area limit",
                 "strategic": "mineral", "unchanged": ""},
        "R-22": {"found": "register who how", "guess": "register who how", "within": "used approved",
                 "over": "used approved over", "no_area": "who"},
        "R-23": {"register": "who count others", "patches": "who others"},
        "R-24": {"none": "area", "partly": "area covered", "unknown": "area", "landuse": "", "register": "area who"},
        "R-25": {"person": "who people limit allowed used over", "household": "who used limit over",
                 "no_people": "who"},
        "R-26": {"doc_area": "approved area", "uncovered": "area", "late": "date built", "covered": "sub",
                 "built_after": "built after", "built_future": "field date", "dates": "first second",
                 "unchanged_type": "sub type", "unchanged_answer": "sub", "changed_answer": "sub",
                 "mineral_sub": "sub", "no_mineral": "sub", "facility": "sub area", "facility_use": "use",
                 "temp": "sub area", "temp_expired": "date", "homestead": "sub", "pv": "sub area",
                 "road_measured": "width measured", "road_range": "width low high", "demolished": "done area",
                 "reclaimed": "done area", "regularised": "done area", "doc_no": "filled layer",
                 "doc_date": "filled layer", "licence_no": "filled layer", "licence_until": "filled layer",
                 "fraud": "", "lines": "lines"},
        "R-27": {"prime": "area", "prime_whole": "area", "penal": "whose count kind area limit",
                 "near": "whose count kind area limit",
                 "new_house": "date since", "house_image": "before since", "several_houses": "whose count",
                 "ratio": "year percent limit part whole", "unsure": "count", "estimated": "count"},
        "R-28": {"suspected": "", "proved": "", "house": ""},
    }.items()
}  # fmt: skip
#: Parameter lists that a rule must give: rule id -> keys.
PARAM_KEYS: Mapping[str, tuple[str, ...]] = {
    "R-01": ("natural_types",),
    "R-02": ("needs_roles",),
    "R-04": ("date_fields",),
    "R-11": ("keywords", "misuse", "landuse"),
    "R-12": ("end_fields", "permanent_types"),
    "R-13": ("patch_types", "landuse", "keywords"),
    "R-14": ("keywords",),
    "R-15": ("patch_types", "keywords"),
    "R-17": ("since", "keywords"),
    "R-18": ("hints",),
    "R-21": ("patch_types", "keywords", "landuse", "groups", "sub_types", "end_fields", "mineral_fields"),
    "R-26": ("construction_types", "may_be_covered", "unchanged"),
    "R-27": ("unlawful_houses",),
}

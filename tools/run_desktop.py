"""Desktop QGIS with the plugin and the sample, in a profile of its own: `make run`.

The workspace under build/run is made from the sample the first time and kept afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys

from qgis_env import ROOT, Headless, desktop_profile, environment, overlay_parameters, sample_paths

RUN = ROOT / "build" / "run"


def main() -> int:
    """Prepare the workspace once, then start QGIS and wait for it."""
    workspace = RUN / "示例镇"
    if not (workspace / "workspace.gpkg").is_file():
        job = sample_paths(ROOT / "build" / "sample")
        headless = Headless(RUN / "headless")
        headless.run("importpatches", {"WORKSPACE": workspace, "INPUT": job["delivery"], "BATCH": job["batch"]})
        headless.run("overlaypatches", {"WORKSPACE": workspace, **overlay_parameters(job["layers"])})
        headless.run("attachphotos", {"WORKSPACE": workspace, "FOLDER": job["photos"]})
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") and sys.platform.startswith("linux"):
        sys.exit(f"There is no screen to open QGIS on; the workspace is ready in {workspace.relative_to(ROOT)}.")
    profile = desktop_profile(RUN / "profile")
    env = environment(profile, offscreen=False)
    env.pop("QGIS_CUSTOM_CONFIG_PATH")
    settings = RUN / "profile" / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    if "last_workspace" not in settings.read_text(encoding="utf-8"):
        path = "".join(c if c.isascii() else f"\\x{ord(c):x}" for c in str(workspace))  # as QSettings writes it
        with settings.open("a", encoding="utf-8") as file:
            file.write(f"[weipian]\nlast_workspace={path}\n")
    return subprocess.call(["/usr/bin/qgis", "--noversioncheck", "--nologo", "--profiles-path", str(profile)], env=env)


if __name__ == "__main__":
    sys.exit(main())

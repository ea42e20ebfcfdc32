"""Builds the command into the wheel, so that who installs it needs no Go.

The system and processor are those of this machine, or of GOOS and GOARCH with LOSSPROOF_WHEEL_PLATFORM, the tag of the wheel.
"""
import os
import pathlib
import subprocess
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        root = pathlib.Path(self.root)
        if not (root.parent / "cmd" / "lossproof").is_dir():
            raise RuntimeError("lossproof is built from a checkout of its repository: pip install ./python there, or install a wheel")
        windows = os.environ.get("GOOS", os.name) in ("windows", "nt")
        program = root / "src" / "lossproof" / "bin" / ("lossproof.exe" if windows else "lossproof")
        program.parent.mkdir(exist_ok=True)
        subprocess.run(["go", "build", "-trimpath", "-ldflags", f"-s -w -X main.released={self.metadata.version}", "-o", str(program), "./cmd/lossproof"],
                       cwd=root.parent, env={**os.environ, "CGO_ENABLED": "0"}, check=True)
        tag = os.environ.get("LOSSPROOF_WHEEL_PLATFORM") or sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"  # the program is static, and no module is compiled

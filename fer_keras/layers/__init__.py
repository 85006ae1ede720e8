"""Public layers, one a file; importing this registers each under "fer_keras", as loading a saved model needs."""

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

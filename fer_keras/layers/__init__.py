"""Public layers, one a file. Importing this registers each under "fer_keras", so that Keras can load any saved model."""

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

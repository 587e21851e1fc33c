"""The script that a browser session runs when `fleetplan ui` started the server."""

from optimizer.ui.desk import show

show()

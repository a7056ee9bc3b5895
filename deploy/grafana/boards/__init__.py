"""The boards as code: one short file a board. `make boards` writes them to ../dashboards."""

from boards import agencies, campaign, country, daemon, hosts, path

BOARDS = {"country": country, "agencies": agencies, "campaign": campaign, "hosts": hosts,
          "path": path, "daemon": daemon}

"""How letters leave us: the plan and the pace, throttles and breakers, routes and encryption, and what hosts answer."""

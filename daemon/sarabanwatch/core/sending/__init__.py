"""How letters leave us: plan, pace, throttle, routes, encryption, and what hosts answer."""

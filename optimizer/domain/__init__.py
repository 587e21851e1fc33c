"""What the product talks about: countries, accelerators, sites, firms, plans and scenarios. Pure, exact data."""

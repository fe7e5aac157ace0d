"""A made-up seller's customers and deals, the same for a seed wherever it runs."""

import datetime
import random

FIRST = ("Ana", "Björn", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Giulia", "Hōshi", "Íñigo", "Jürgen",
         "Kwame", "Łucja", "María José", "Nguyễn", "O'Neil", "Priya", "Quentin", "Şule", "Tomáš", "Zoë")
LAST = ("Abad", "Brückner", "Castellanos", "D'Angelo", "Eriksson", "Fernández", "García-Márquez",
        "Hoffmann", "Ivanova", "Jović", "Kowalska", "Lefèvre", "Muñoz", "Novák", "Ó Briain", "Peña",
        "Quispe", "Rossi", "Smith", "Thuvesson", "Ünal", "van der Berg", "Wójcik", "Yıldız", "Zhang")
FIRM = ("Alder", "Borealis", "Cobalt", "Delta", "Ember", "Fjord", "Granito", "Halcón", "Indigo", "Juniper",
        "Kestrel", "Lumen", "Mistral", "Nimbus", "Órbita", "Pampa", "Quarzo", "Rívoli", "Sierra", "Tundra")
KIND = ("Textiles", "Foods", "Logistics, Inc.", "S.L.", "GmbH & Co. KG", "Paper", "Labs", "Marítima")
INDUSTRY = ("Textiles", "Food & Beverages", "Logistics", "Chemicals", "Retail")
COUNTRY = ("Spain", "Germany", "France", "Chile", "United States")
OWNERS = ("lena.vogt@seller.example", "marc.oliver@seller.example", "sofia.ruiz@seller.example")
THING = ("40 looms", 'the 12" spindles', "maintenance", "a pilot", "spare parts;\nsecond lot", "renewal 🚀")
LOSS = ("Price too high", "Went with a competitor", "No budget", "Lost contact")
STAGES = 5  # of an open deal, from the first talk to the contract


class World:
    def __init__(self, seed, firms=80, persons=160, deals=320, leads=0):
        self._random = random.Random(seed)
        self.firms = [self._firm(i) for i in range(firms)]
        self.persons = [self._person(i) for i in range(persons)]
        self.deals = [self._deal(i) for i in range(deals)]
        self.leads = [self._lead(i) for i in range(leads)]

    # random() alone gives the same numbers in every version of Python.
    def below(self, most):
        return int(self._random.random() * most)

    def pick(self, sequence):
        return sequence[self.below(len(sequence))]

    def chance(self, percent):
        return self.below(100) < percent

    def _time(self, first, days):
        day = datetime.datetime(2024, 1, 8) + datetime.timedelta(days=first + self.below(days))
        return day.replace(hour=7 + self.below(11), minute=self.below(60), second=self.below(60))

    def _firm(self, i):
        name = f"{FIRM[i % len(FIRM)]} {KIND[i // len(FIRM) % len(KIND)]}"
        if i >= len(FIRM) * len(KIND):
            name += f" {i}"
        slug = f"firm{i}.example"
        return {"no": i, "name": name, "domain": slug, "industry": self.pick(INDUSTRY),
                "country": self.pick(COUNTRY), "employees": 5 + self.below(5000),
                "revenue": 100000 * (1 + self.below(900)), "phone": f"+34 91 555 {1000 + i}",
                "email": f"info@{slug}" if self.chance(40) else "", "owner": self.pick(OWNERS),
                "created": self._time(0, 30)}

    def _person(self, i):
        firm = self.pick(self.firms) if self.chance(85) else None
        domain = firm["domain"] if firm else "mail.example"
        return {"no": i, "first": self.pick(FIRST), "last": self.pick(LAST), "firm": firm,
                "email": f"p{i}@{domain}" if self.chance(90) else "",
                "phone": f"+49 30 55 {100000 + i}" if self.chance(60) else "",
                "title": self.pick(("Buyer", "CFO", "Head of Operations", "")), "owner": self.pick(OWNERS),
                "created": self._time(30, 40)}

    def _deal(self, i):
        opened = self._time(80, 500)
        state = self.pick(("open", "open", "won", "won", "lost"))
        days = 5 + self.below(140)
        person = self.pick(self.persons) if self.chance(80) else None
        firm = person["firm"] if person and person["firm"] else self.pick(self.firms)
        minor = 100 * (500 + self.below(90000)) + (50 if self.chance(20) else 0)
        return {"no": i, "firm": firm, "person": person, "state": state, "stage": self.below(STAGES),
                "title": f"{firm['name']} – {self.pick(THING)}", "opened": opened,
                "closes": opened + datetime.timedelta(days=days if state != "open" else days + 300),
                "minor": minor if state == "won" or self.chance(85) else None,
                "currency": self.pick(("EUR", "EUR", "USD")), "owner": self.pick(OWNERS),
                "reason": self.pick(LOSS) if state == "lost" else "", "probability": 10 * self.below(10)}

    def activities(self, count):
        """Of what took place with the deals, by their numbers: what, when after the beginning, what was said."""
        return [self._activity(i) for i in range(count)]

    def _activity(self, i):
        hours = 1 + self.below(400)
        return {"no": i, "deal": self.below(len(self.deals)), "kind": self.below(5), "owner": self.pick(OWNERS),
                "text": self.pick(("Spoke about it;\nthey want more", 'Said "perhaps"', "Ångström Straße", "")),
                "time": lambda since: since + datetime.timedelta(hours=hours)}

    def _lead(self, i):
        return {"no": i, "first": self.pick(FIRST), "last": self.pick(LAST), "company": f"Prospect {i}",
                "email": f"lead{i}@prospects.example", "phone": "", "owner": self.pick(OWNERS),
                "status": self.below(4), "created": self._time(80, 600),
                "source": self.pick(("Web", "Trade Show", "Partner", ""))}


def plain(minor, decimals=2):
    """1234550 as "12345.50"; nothing as an empty cell."""
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}" if decimals == 2 else f"{minor / 100:.1f}"


def local(minor, thousands=".", decimal=","):
    """1234550 as "12.345,50"."""
    return "" if minor is None else f"{minor // 100:,}".replace(",", thousands) + f"{decimal}{minor % 100:02d}"

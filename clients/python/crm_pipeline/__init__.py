"""Client of the CRM pipeline services.

    from crm_pipeline import Client, lead

    with Client.connect() as client:
        found = client.lead.get_lead(lead.GetLeadRequest(name="leads/018f6d3a-…"))

`contact`, `lead`, `opportunity`, `event` and `type` hold the messages; docs/clients.md tells the rest.
"""

from crm_pipeline._errors import CrmError, Precondition, Violation
from crm_pipeline._settings import Settings
from crm_pipeline._values import amount_of, date_of, money, to_date
from crm_pipeline.client import AsyncClient, Client

__version__ = "0.1.0"
__all__ = ["AsyncClient", "Client", "CrmError", "Precondition", "Settings", "Violation", "amount_of",
           "date_of", "money", "to_date"]

"""What HSDS is made of: its tables, their columns, and what the same things were called in earlier versions (1.1, 2.0)
and in the Ohana CSV set. Knows no file.

Source: the object schemas of HSDS 3.0, https://docs.openreferral.org/en/3.0/hsds/schema_reference.html
"""

from collections.abc import Mapping
from typing import Any

# The columns by kind of record. Whatever else a file has is kept too, and said once. The last four kinds are older.
FIELDS = {
    kind: frozenset(columns.split())
    for kind, columns in {
        "organization": "id name alternate_name description email website tax_status tax_id year_incorporated "
        "legal_status logo uri parent_organization_id",
        "program": "id organization_id name alternate_name description",
        "service": "id organization_id program_id name alternate_name description url email status "
        "interpretation_services application_process fees_description wait_time fees accreditations "
        "eligibility_description minimum_age maximum_age assured_date assurer_email licenses alert last_modified",
        "service_at_location": "id service_id location_id description",
        "location": "id location_type url organization_id name alternate_name description transportation latitude "
        "longitude external_identifier external_identifier_type",
        "address": "id location_id attention address_1 address_2 city region state_province postal_code country "
        "address_type",
        "phone": "id location_id service_id organization_id contact_id service_at_location_id number extension type "
        "description",
        "contact": "id organization_id service_id service_at_location_id location_id name title department email",
        "schedule": "id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count "
        "wkst freq interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link "
        "attending_type notes",
        "language": "id service_id location_id phone_id name code note",
        "attribute": "id link_id taxonomy_term_id link_type link_entity value",
        "taxonomy": "id name description uri version",
        "taxonomy_term": "id code name description parent_id taxonomy language taxonomy_id term_uri",
        "required_document": "id service_id document uri",
        "cost_option": "id service_id valid_from valid_to option currency amount amount_description",
        "service_area": "id service_id name description extent extent_type uri",
        "accessibility": "id location_id description details url",
        "funding": "id organization_id service_id source",
        "organization_identifier": "id organization_id identifier_scheme identifier_type identifier",
        "metadata": "id resource_id resource_type last_action_date last_action_type field_name previous_value "
        "replacement_value updated_by",
        "meta_table_description": "id name language character_set",
        "url": "id organization_id service_id label url",
        "unit": "id name scheme identifier uri",
        "service_capacity": "id service_id unit_id available maximum description updated",
        "holiday_schedule": "id service_id location_id service_at_location_id closed opens_at closes_at start_date "
        "end_date",
        "postal_address": "id location_id attention address_1 address_2 address_3 address_4 city region state_province "
        "postal_code country",
        "eligibility": "id service_id eligibility",
        "payment_accepted": "id service_id payment",
    }.items()
}

# What must be filled for a record to be of use to anybody.
REQUIRED = {
    "organization": ("name",),
    "service": ("name",),
    "service_at_location": ("service_id", "location_id"),
    "phone": ("number",),
    "taxonomy_term": ("name",),
}

# What the table of a kind is called: the CSV file, the key in tabular JSON, the list nested in full JSON.
TABLE_OF = {kind: f"{kind}s" for kind in FIELDS} | {
    "address": "addresses",
    "postal_address": "postal_addresses",
    "taxonomy": "taxonomies",
    "accessibility": "accessibility",
    "funding": "funding",
    "metadata": "metadata",
    "eligibility": "eligibility",
    "service_capacity": "service_capacities",
    "payment_accepted": "payments_accepted",
}
# The same the other way, with the names of other versions.
TABLES = {table: kind for kind, table in TABLE_OF.items()} | {
    "service_at_location": "service_at_location",
    "services_at_location": "service_at_location",
    "taxonomy": "taxonomy_term",  # the file of 1.1, 2.0 and Ohana holds terms
    "services_taxonomy": "attribute",
    "additional_urls": "url",
    "additional_websites": "url",
    "accessibility_for_disabilities": "accessibility",
    "physical_addresses": "address",
    "mail_addresses": "postal_address",
    "regular_schedules": "schedule",
}

# One record inside another, by its key.
NESTED_ONE = {
    "organization": "organization",
    "program": "program",
    "service": "service",
    "location": "location",
    "unit": "unit",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_detail": "taxonomy",
}
# Many records inside another.
NESTED_MANY = {name: kind for name, kind in TABLES.items() if name != "taxonomy"}

# Columns that name another record, where the name does not say of which kind. Others are <kind>_id.
LINKS = {
    ("organization", "parent_organization_id"): "organization",
    ("taxonomy_term", "parent_id"): "taxonomy_term",
    ("attribute", "link_id"): "",  # of any kind
    ("metadata", "resource_id"): "",
}

# Older columns: (kind, old name) -> today's.
RENAMED = {
    ("organization", "url"): "website",
    ("service", "website"): "url",
    ("service", "eligibility"): "eligibility_description",
    ("location", "website"): "url",
    ("phone", "number_type"): "type",
    ("language", "language"): "name",
    ("accessibility", "accessibility"): "description",
    ("service_area", "service_area"): "name",
    ("schedule", "weekday"): "byday",
    ("taxonomy_term", "taxonomy_id"): "id",  # Ohana; only where there is no id
    ("taxonomy_term", "vocabulary"): "taxonomy",
    ("attribute", "service_id"): "link_id",
    ("attribute", "taxonomy_id"): "taxonomy_term_id",
    ("attribute", "taxonomy_detail"): "value",
}

# Older columns that list several things between commas: (kind, column) -> (list it is nested as, the field each fills).
LISTED = {
    ("service", "languages"): ("languages", "name"),
    ("location", "languages"): ("languages", "name"),
    ("phone", "language"): ("languages", "name"),
    ("service", "required_documents"): ("required_documents", "document"),
    ("service", "service_areas"): ("service_areas", "name"),
    ("service", "funding_sources"): ("funding", "source"),
    ("organization", "funding_sources"): ("funding", "source"),
    ("service", "taxonomy_ids"): ("attributes", "taxonomy_term_id"),
    ("location", "accessibility"): ("accessibility", "description"),
}
# Older columns that we read as they are and need not complain of.
OLDER = {
    ("service", "location_id"),
    ("service", "keywords"),
    ("location", "virtual"),
    ("location", "short_desc"),
}

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# How 1.1, 2.0 and Ohana write a weekday -> as RFC 5545 does, which HSDS 3 follows.
_WEEKDAYS = (
    {str(number): day for number, day in enumerate(DAYS, 1)}
    | dict(zip(_DAY_NAMES, DAYS, strict=True))
    | {name[:3]: day for name, day in zip(_DAY_NAMES, DAYS, strict=True)}
)


def modern(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with today's names; what had several things between commas now nests them. Values stay as they came,
    but for weekdays; empty ones are left out."""
    new: dict[str, Any] = {}
    for name, value in record.items():
        if value in ("", None):
            continue
        if (kind, name) in LISTED and isinstance(value, str):
            table, field = LISTED[kind, name]
            parts = [part.strip() for part in value.split(",") if part.strip()]
            new[table] = [
                {"id": f"{kind}/{record.get('id')}/{table}/{at}", field: part} for at, part in enumerate(parts, 1)
            ]
            continue
        if name == "weekday":
            value, new["freq"] = _WEEKDAYS.get(str(value).lower(), value), "WEEKLY"
        today = RENAMED.get((kind, name), name)
        new[name if today in record else today] = value
    return new

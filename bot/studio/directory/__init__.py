"""The directory of help as admins and supervisors keep it: services by form, files with a look before, what is missing."""

"""The pages that Stripe hosts for us: checkout, portal, invoices."""

import type { State } from '../../state/state.ts';

/** An organization as the API prints it. */
export function organizationBody({ organization, databases }: State) {
  return {
    id: organization.id,
    name: organization.name,
    billing_email: 'billing@example.com',
    created_at: organization.created_at,
    updated_at: organization.created_at,
    plan: 'scaler_pro',
    valid_billing_info: true,
    sso: false,
    sso_directory: false,
    single_tenancy: false,
    managed_tenancy: false,
    has_past_due_invoices: false,
    database_count: databases.length,
    sso_portal_url: null,
    features: {},
    idp_managed_roles: false,
    invoice_budget_amount: '0.0',
    keyspace_shard_limit: 1,
    has_card: true,
    payment_info_required: false,
  };
}

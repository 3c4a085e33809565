import { type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { text } from '../text/text.ts';
import { outcome } from '../views/outcome.ts';

/**
 * Opens the organization's page of service tokens in the dashboard (its address is in PlanetScale's documentation of
 * service tokens); where there is no browser, or nobody to look at it, the address is what is shown. Nothing that
 * the API says is part of it, and nothing is asked of the API.
 */
export async function showingDashboard(context: Context): Promise<Outcome> {
  const organization = encodeURIComponent(await context.organizationName());
  const url = `https://app.planetscale.com/${organization}/settings/service-tokens`;
  const isOpen = context.io.interactive && (await isOpened(url, context));
  const sentence = isOpen ? text`Opened ${url} in the browser.` : text`${url}`;
  return showing(outcome({ url }, { URL: url }, sentence));
}

async function isOpened(url: string, { environment }: Context): Promise<boolean> {
  const { openInBrowser, systemOpener } = await import('../children/open-browser.ts');
  const opener = systemOpener(environment);
  return opener !== undefined && openInBrowser(url, opener, environment);
}

import { err, ok, type Result } from '@skygate/shared/lib/result';

/** Where a kiosk gets new versions from. */
export interface UpdatePlan {
  readonly feedUrl: string;
  readonly channel: UpdateChannel;
}

export const UPDATE_CHANNELS = ['latest', 'beta', 'alpha'] as const;
export type UpdateChannel = (typeof UPDATE_CHANNELS)[number];

/**
 * Reads the deployment's setting: no feed, no updates, no contact with anybody. A feed must be https: what it serves
 * is run here. The error names the setting that is wrong.
 */
export function updatePlan(env: Readonly<Record<string, string | undefined>>): Result<UpdatePlan | null, string> {
  const feed = env['SKYGATE_UPDATE_URL'] ?? '';
  if (feed === '') return ok(null);
  const url = URL.parse(feed);
  if (url?.protocol !== 'https:') return err('SKYGATE_UPDATE_URL must be an https address');
  const wanted = env['SKYGATE_UPDATE_CHANNEL'] ?? 'latest';
  const channel = UPDATE_CHANNELS.find((known) => known === wanted);
  if (channel === undefined) return err(`SKYGATE_UPDATE_CHANNEL must be one of ${UPDATE_CHANNELS.join(', ')}`);
  return ok({ feedUrl: url.href, channel });
}

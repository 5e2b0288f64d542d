import type { ParkId } from '@skygate/shared/lib/ids';
import type { HqNodeDeps } from './append-hq-events.ts';
import type { ServerKey } from './keyring.ts';

/** Opens a park's log with HQ as its first node and the ticket key published in it. Doing it again changes nothing. */
export declare function createPark(deps: HqNodeDeps, park: ParkId): Promise<void>;

/** The key HQ signs tickets with, one an installation, published into every park (T1). */
export declare function ensureHqSigningKey(deps: HqNodeDeps): Promise<ServerKey>;

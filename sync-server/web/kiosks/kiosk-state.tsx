import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import { SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** Coverage calls a gate silent after this long. */
export const ONLINE_MS = 10_000;

/** What a kiosk says is wrong with it; a clock off by more than two seconds is (H1). */
export function Health({ kiosk }: { readonly kiosk: KioskItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { skewMs, problem, revoked, trust, hlcLeadMs, recordShortBy } = kiosk;
  if (revoked) return null;
  const isOff = skewMs !== null && Math.abs(skewMs) >= SKEW_SHOWN_MS;
  const by = format.age(Math.abs(skewMs ?? 0));
  return (
    <>
      {problem === null ? null : <Chip tone="bad" text={t(`kiosks.problem.${problem}`)} />}
      {recordShortBy > 0 ? <Chip tone="bad" text={t('kiosks.recordShort', { count: recordShortBy })} /> : null}
      {isOff ? <Chip tone="warn" text={t(skewMs > 0 ? 'kiosks.clockAhead' : 'kiosks.clockBehind', { by })} /> : null}
      {trust === 'supervisor' ? <Chip text={t('kiosks.clockByHand')} /> : null}
      {hlcLeadMs > 0 ? <Chip tone="warn" text={t('kiosks.orderLeads', { by: format.age(hlcLeadMs) })} /> : null}
    </>
  );
}

/** How an incarnation stands: in contact or not, or over and why (E6). */
export function Contact({ kiosk, serverMs }: { readonly kiosk: KioskItem; readonly serverMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (kiosk.revoked) return <Chip tone="bad" text={t(`kiosks.ended.${kiosk.ended ?? 'revoked'}`)} />;
  if (kiosk.contactMs === null) return <Chip text={t('kiosks.never')} />;
  const ageMs = serverMs - kiosk.contactMs;
  if (ageMs <= ONLINE_MS) return <Chip tone="good" text={t('kiosks.online')} />;
  return <Chip tone="warn" text={t('kiosks.ago', { age: format.age(ageMs) })} />;
}

const Chip = ({ tone, text }: { readonly tone?: string; readonly text: string }) => (
  <span className="chip" data-tone={tone} data-long>
    {text}
  </span>
);

import type { ParkNow } from '@skygate/shared/hq-api/now';
import { IconCircleCheck } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../format/use-format.ts';
import { fillPercentOf, fillToneOf, NEAR_FULL_PERCENT } from './fill-of.ts';

interface Notice {
  readonly key: string;
  readonly tone: 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
}

/** The list stays short enough to be read from the other end of the room. */
const SHOWN_MAX = 5;

/** What somebody should look at now, worst first. */
export function Attention({ parks }: { readonly parks: readonly ParkNow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notices = parks
    .flatMap((park) => noticesOf(park, t, format))
    .sort((left, right) => Number(right.tone === 'bad') - Number(left.tone === 'bad'));
  return (
    <section className="card">
      <h2 className="section-title">{t('now.attention')}</h2>
      <div style={{ display: 'grid', gap: 10, marginTop: 14 }}>
        {notices.slice(0, SHOWN_MAX).map((notice) => (
          <div key={notice.key} className="notice" data-tone={notice.tone}>
            <div className="notice-title">{notice.title}</div>
            <div>{notice.text}</div>
          </div>
        ))}
        {notices.length > SHOWN_MAX ? (
          <div className="quiet">{t('catalogue.more', { count: notices.length - SHOWN_MAX })}</div>
        ) : null}
        {notices.length === 0 ? (
          <div className="state" style={{ padding: 12 }}>
            <IconCircleCheck size={44} color="var(--hq-good)" aria-hidden />
            <div className="state-title">{t('now.calm')}</div>
            <div className="quiet">{t('now.calmHint')}</div>
          </div>
        ) : null}
      </div>
    </section>
  );
}

function noticesOf(park: ParkNow, t: TFunction, format: Format): Notice[] {
  const text = format.words(park.name);
  const gates = park.gates
    .filter((gate) => gate.state === 'silent' || gate.state === 'lost')
    .map(
      (gate): Notice => ({
        key: gate.node,
        tone: gate.state === 'lost' ? 'bad' : 'warn',
        title: t('now.gateSilent', { gate: gate.name, age: format.age(gate.contactAgeMs ?? 0) }),
        text,
      }),
    );
  const percent = fillPercentOf(park) ?? 0;
  const full: Notice[] =
    percent < NEAR_FULL_PERCENT
      ? []
      : [
          {
            key: `${park.park} full`,
            tone: fillToneOf(percent) ?? 'warn',
            title: t(percent > 100 ? 'now.overFull' : 'now.nearFull', { percent }),
            text,
          },
        ];
  const unread: Notice[] =
    park.quarantined === 0
      ? []
      : [
          {
            key: `${park.park} quarantine`,
            tone: 'warn',
            title: t('now.quarantined', { count: park.quarantined }),
            text,
          },
        ];
  return [...full, ...gates, ...unread];
}

import { Button } from '@mantine/core';
import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosks } from '../api/park-queries.ts';
import { type Format, useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { isOldWord } from '../now/fresh.ts';
import { EnrolWizard } from './enrol-wizard.tsx';

/** Coverage calls a gate silent after this long. */
const ONLINE_MS = 10_000;

/** The kiosks of a park and whether they are heard. */
export function KiosksPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const kiosks = useKiosks(park.park);
  const [enrolling, setEnrolling] = useState(false);
  if (kiosks.isPending) return <Loading />;
  if (kiosks.isError) return <Failed error={kiosks.error} onRetry={() => void kiosks.refetch()} />;
  const add = (
    <Button size="md" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEnrolling(true)}>
      {t('kiosks.enrol')}
    </Button>
  );
  const { kiosks: all, serverMs } = kiosks.data;
  return (
    <>
      <PageHead title={t('nav.kiosks')}>{all.length > 0 ? add : null}</PageHead>
      {all.length === 0 ? (
        <Empty title={t('kiosks.empty')} hint={t('kiosks.emptyHint')}>
          {add}
        </Empty>
      ) : (
        <Table kiosks={all} serverMs={serverMs} park={park} />
      )}
      {enrolling ? <EnrolWizard park={park} known={all} onClose={() => setEnrolling(false)} /> : null}
    </>
  );
}

interface TableProps {
  readonly kiosks: readonly KioskItem[];
  readonly serverMs: number;
  readonly park: ParkBody;
}

function Table({ kiosks, serverMs, park }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="card table-card">
      <table className="table">
        <thead>
          <tr>
            <th>{t('kiosks.name')}</th>
            <th>{t('kiosks.role')}</th>
            <th>{t('kiosks.place')}</th>
            <th>{t('kiosks.contact')}</th>
            <th className="number">{t('kiosks.received')}</th>
            <th className="number">{t('kiosks.waiting')}</th>
          </tr>
        </thead>
        <tbody>
          {kiosks.map((kiosk) => (
            <tr key={kiosk.node}>
              <td>
                <div style={{ fontWeight: 600 }}>{kiosk.name}</div>
                <div className="quiet small">
                  {kiosk.node}
                  {kiosk.version === null ? '' : ` · ${kiosk.version}`}
                </div>
              </td>
              <td>{t(`kiosks.${kiosk.role}`)}</td>
              <td>{placeOf(kiosk.gateId, park, format)}</td>
              <td>
                <div className="chips">
                  <Contact kiosk={kiosk} serverMs={serverMs} />
                  <Health kiosk={kiosk} />
                </div>
              </td>
              <td className="number">{format.number(kiosk.received)}</td>
              <td className="number">
                <Waiting kiosk={kiosk} serverMs={serverMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A place's name from the park's document, else what its kiosks call it. */
const placeOf = (gateId: string, { document }: ParkBody, { words }: Format): string => {
  const gate = document.gates[gateId];
  return gate === undefined ? gateId : words(gate.name);
};

/** What it still keeps; where its last word is old, how old. */
function Waiting({ kiosk, serverMs }: { readonly kiosk: KioskItem; readonly serverMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (kiosk.waiting === null || kiosk.toldMs === null) return <span className="quiet">{t('kiosks.unknown')}</span>;
  const ageMs = Math.max(0, serverMs - kiosk.toldMs);
  return (
    <>
      {format.number(kiosk.waiting)}
      {isOldWord(ageMs) ? <div className="warn-text small">{t('kiosks.asOf', { age: format.age(ageMs) })}</div> : null}
    </>
  );
}

/** What a kiosk says is wrong with it; a clock off by more than two seconds is (H1). */
function Health({ kiosk: { skewMs, problem, revoked, trust, hlcLeadMs } }: { readonly kiosk: KioskItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (revoked) return null;
  const isOff = skewMs !== null && Math.abs(skewMs) >= SKEW_SHOWN_MS;
  const by = format.age(Math.abs(skewMs ?? 0));
  return (
    <>
      {problem === null ? null : <Chip tone="bad" text={t(`kiosks.problem.${problem}`)} />}
      {isOff ? <Chip tone="warn" text={t(skewMs > 0 ? 'kiosks.clockAhead' : 'kiosks.clockBehind', { by })} /> : null}
      {trust === 'supervisor' ? <Chip text={t('kiosks.clockByHand')} /> : null}
      {hlcLeadMs > 0 ? <Chip tone="warn" text={t('kiosks.orderLeads', { by: format.age(hlcLeadMs) })} /> : null}
    </>
  );
}

function Contact({ kiosk, serverMs }: { readonly kiosk: KioskItem; readonly serverMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (kiosk.revoked) return <Chip tone="bad" text={t('kiosks.revoked')} />;
  if (kiosk.contactMs === null) return <Chip text={t('kiosks.never')} />;
  const ageMs = serverMs - kiosk.contactMs;
  if (ageMs <= ONLINE_MS) return <Chip tone="good" text={t('kiosks.online')} />;
  return <Chip tone="warn" text={t('kiosks.ago', { age: format.age(ageMs) })} />;
}

const Chip = ({ tone, text }: { readonly tone?: string; readonly text: string }) => (
  <span className="chip" data-tone={tone}>
    {text}
  </span>
);

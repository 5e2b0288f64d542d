import { Button } from '@mantine/core';
import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosks } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
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
        <Table kiosks={all} serverMs={serverMs} />
      )}
      {enrolling ? <EnrolWizard park={park} known={all} onClose={() => setEnrolling(false)} /> : null}
    </>
  );
}

function Table({ kiosks, serverMs }: { readonly kiosks: readonly KioskItem[]; readonly serverMs: number }) {
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
                <div className="quiet small">{kiosk.node}</div>
              </td>
              <td>{t(`kiosks.${kiosk.role}`)}</td>
              <td>{kiosk.gateId}</td>
              <td>
                <Contact kiosk={kiosk} serverMs={serverMs} />
              </td>
              <td className="number">{format.number(kiosk.received)}</td>
              <td className="number">
                {kiosk.waiting === null ? (
                  <span className="quiet">{t('kiosks.unknown')}</span>
                ) : (
                  format.number(kiosk.waiting)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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

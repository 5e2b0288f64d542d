import { Button, SegmentedControl } from '@mantine/core';
import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosks, useQuarantine } from '../api/park-queries.ts';
import { type Format, useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { isOldWord } from '../now/fresh.ts';
import { DeclareRestored } from '../recovery/declare-restored.tsx';
import { EnrolWizard } from './enrol-wizard.tsx';
import { Contact, Health } from './kiosk-state.tsx';
import { QuarantineView } from './quarantine-view.tsx';
import { ReEnrolModal } from './re-enrol-modal.tsx';
import { RevokeDrawer } from './revoke-drawer.tsx';

/** The kiosks of a park and whether they are heard. */
export function KiosksPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const { words } = useFormat();
  const kiosks = useKiosks(park.park);
  const [enrolling, setEnrolling] = useState(false);
  const [reEnrolling, setReEnrolling] = useState<string | null>(null);
  const [view, setView] = useState<'kiosks' | 'quarantine'>('kiosks');
  const [revoking, setRevoking] = useState<KioskItem | null>(null);
  if (kiosks.isPending) return <Loading />;
  if (kiosks.isError) return <Failed error={kiosks.error} onRetry={() => void kiosks.refetch()} />;
  const add = (
    <Button size="md" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEnrolling(true)}>
      {t('kiosks.enrol')}
    </Button>
  );
  const { kiosks: all, serverMs } = kiosks.data;
  const again = all.find(({ node }) => node === reEnrolling);
  return (
    <>
      <PageHead title={t('nav.kiosks')} beside={<Views park={park} view={view} onView={setView} />}>
        {all.length > 0 ? add : null}
      </PageHead>
      {view === 'quarantine' ? (
        <QuarantineView park={park} />
      ) : all.length === 0 ? (
        <Empty title={t('kiosks.empty')} hint={t('kiosks.emptyHint')}>
          {add}
        </Empty>
      ) : (
        <Table
          kiosks={all}
          serverMs={serverMs}
          park={park}
          onReEnrol={(kiosk) => setReEnrolling(kiosk.node)}
          onRevoke={setRevoking}
        />
      )}
      {view === 'kiosks' && all.length > 0 ? (
        <DeclareRestored park={park.park} name={words(park.document.name)} />
      ) : null}
      {again ? <ReEnrolModal park={park} kiosk={again} onClose={() => setReEnrolling(null)} /> : null}
      {enrolling ? <EnrolWizard park={park} known={all} onClose={() => setEnrolling(false)} /> : null}
      {revoking === null ? null : <RevokeDrawer kiosk={revoking} park={park} onClose={() => setRevoking(null)} />}
    </>
  );
}

interface ViewsProps {
  readonly park: ParkBody;
  readonly view: 'kiosks' | 'quarantine';
  readonly onView: (view: 'kiosks' | 'quarantine') => void;
}

/** The list, or what was put aside, with how much that is. */
function Views({ park, view, onView }: ViewsProps) {
  const { t } = useTranslation();
  const { data } = useQuarantine(park.park);
  const count = (data?.runs.length ?? 0) + (data?.eventsTotal ?? 0);
  return (
    <SegmentedControl
      size="md"
      aria-label={t('nav.kiosks')}
      value={view}
      onChange={(value) => onView(value as ViewsProps['view'])}
      data={[
        { value: 'kiosks', label: t('kiosks.list') },
        { value: 'quarantine', label: t('quarantine.title', { count }) },
      ]}
    />
  );
}

interface TableProps {
  readonly kiosks: readonly KioskItem[];
  readonly serverMs: number;
  readonly park: ParkBody;
  readonly onReEnrol: (kiosk: KioskItem) => void;
  readonly onRevoke: (kiosk: KioskItem) => void;
}

function Table({ kiosks, serverMs, park, onReEnrol, onRevoke }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <TableCard
      columns={[
        t('kiosks.name'),
        t('kiosks.role'),
        t('kiosks.contact'),
        { number: t('kiosks.received') },
        { number: t('kiosks.waiting') },
        { buttons: t('action.actions') },
      ]}
    >
      {kiosks.map((kiosk) => (
        <tr key={kiosk.node}>
          <td>
            <div style={{ fontWeight: 600 }}>{kiosk.name}</div>
            <About kiosk={kiosk} park={park} />
          </td>
          <td>
            {t(`kiosks.${kiosk.role}`)}
            <Place kiosk={kiosk} park={park} />
          </td>
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
          <td>
            <div className="deeds">
              {kiosk.ended === 'revoked' ? null : (
                <Button variant="default" onClick={() => onReEnrol(kiosk)}>
                  {t('kiosks.reEnrol')}
                </Button>
              )}
              <Button
                variant="default"
                aria-label={`${t('revoke.open')}: ${kiosk.name}`}
                onClick={() => onRevoke(kiosk)}
              >
                {t('revoke.open')}
              </Button>
            </div>
          </td>
        </tr>
      ))}
    </TableCard>
  );
}

/** When it was enrolled anew, if it was, and what program it runs. */
function About({ kiosk, park }: { readonly kiosk: KioskItem; readonly park: ParkBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { epoch, enrolledMs, version } = kiosk;
  const anew = epoch > 1 ? t('kiosks.anew', { date: format.shortMoment(enrolledMs, park.document.timeZone) }) : '';
  return <div className="quiet small">{[anew, version ?? ''].filter((part) => part !== '').join(' · ')}</div>;
}

/** Where it stands, unless it is named after that. */
function Place({ kiosk, park }: { readonly kiosk: KioskItem; readonly park: ParkBody }) {
  const format = useFormat();
  const place = placeOf(kiosk.gateId, park, format);
  return place === kiosk.name ? null : <div className="quiet small nowrap">{place}</div>;
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

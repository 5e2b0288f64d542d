import type { CaseScan } from '@skygate/shared/hq-api/cases';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../format/use-format.ts';
import { TableCard } from '../layout/table-card.tsx';

interface TimeLineProps {
  readonly scans: readonly CaseScan[];
  readonly caseId: string;
  readonly park: ParkBody;
}

/** Everything that happened to the ticket, in the order that every node folds it in. */
export function TimeLine({ scans, caseId, park }: TimeLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { timeZone } = park.document;
  return (
    <section aria-labelledby="time-line">
      <div className="section-head">
        <h2 id="time-line" className="section-title">
          {t('cases.timeLine')}
        </h2>
        <span className="quiet small">{t('cases.zone', { zone: timeZone })}</span>
      </div>
      <TableCard
        columns={[
          t('cases.when'),
          t('cases.event'),
          t('cases.where'),
          t('cases.clock'),
          t('cases.known'),
          t('cases.received'),
        ]}
        labelledBy="time-line"
      >
        {scans.map((scan) => (
          <tr
            key={`${scan.node}/${scan.epoch}/${scan.seq}/${scan.fork}`}
            data-picked={scan.caseId === caseId || undefined}
          >
            <td className="nowrap">
              <strong>{format.seconds(scan.atMs, timeZone)}</strong>
            </td>
            <td>
              <div style={{ fontWeight: 600 }}>{t(`cases.scan.${scan.kind}`)}</div>
              <div className="quiet small">{wordsOf(scan, t)}</div>
              {scan.caseId === caseId ? (
                <span className="chip" data-tone="warn">
                  {t('cases.thisOne')}
                </span>
              ) : null}
            </td>
            <td className="nowrap">
              <Where scan={scan} park={park} />
            </td>
            <td>
              {t(`cases.trust.${scan.trust}`)}
              <Skew skewMs={scan.skewMs} />
            </td>
            <td>{scan.kind === 'admitted' ? <Known scan={scan} park={park} /> : null}</td>
            <td>
              {scan.receivedMs === null ? (
                <span className="quiet">{t('cases.recovered')}</span>
              ) : (
                <>
                  {format.seconds(scan.receivedMs, timeZone)}
                  <div className="quiet small">
                    {t('cases.after', { age: format.age(Math.max(0, scan.receivedMs - scan.atMs)) })}
                  </div>
                </>
              )}
            </td>
          </tr>
        ))}
      </TableCard>
    </section>
  );
}

/** The gate, and the kiosk where that has another name; HQ itself has no gate. */
function Where({ scan, park }: { readonly scan: CaseScan; readonly park: ParkBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  const place = placeOf(scan.gateId, park, format);
  if (place === '') return scan.node.startsWith('hq:') ? t('cases.hq') : scan.kiosk;
  return (
    <>
      {place}
      {scan.kiosk === place ? null : <div className="quiet small">{scan.kiosk}</div>}
    </>
  );
}

function wordsOf(scan: CaseScan, t: ReturnType<typeof useTranslation>['t']): string {
  const parts: string[] = [];
  if (scan.people > 0) parts.push(t('cases.peopleCount', { count: scan.people }));
  if (scan.kind === 'admitted' && scan.verdict === 'provisional') parts.push(t('cases.provisional'));
  if (scan.kind === 'refused' && scan.verdict !== null) {
    parts.push(t(`cases.refusal.${scan.verdict}`, { defaultValue: scan.verdict }));
  }
  if (scan.reentered) parts.push(t('cases.reentered'));
  return parts.join(' · ');
}

/** A clock off by more than two seconds is said to be (H1). */
function Skew({ skewMs }: { readonly skewMs: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (skewMs === null) return <div className="quiet small">{t('cases.skewUnknown')}</div>;
  if (Math.abs(skewMs) <= SKEW_SHOWN_MS) return <div className="quiet small">{t('cases.skewNone')}</div>;
  const by = format.age(Math.abs(skewMs));
  return <div className="warn-text small">{t(skewMs > 0 ? 'kiosks.clockAhead' : 'kiosks.clockBehind', { by })}</div>;
}

function Known({ scan, park }: { readonly scan: CaseScan; readonly park: ParkBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (scan.silentGates.length === 0) return <span>{t('cases.allKnown')}</span>;
  const gates = scan.silentGates.map((gateId) => placeOf(gateId, park, format)).join(', ');
  return <span className="warn-text">{t('cases.silent', { gates })}</span>;
}

function placeOf(gateId: string | null, { document }: ParkBody, { words }: Format): string {
  if (gateId === null) return '';
  const gate = document.gates[gateId];
  return gate === undefined ? gateId : words(gate.name);
}

import { Button, Modal } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { QuarantinedEvent, QuarantinedRun } from '@skygate/shared/hq-api/quarantine';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuarantine, useQuarantinedRun } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';

/** What was put aside: runs that no stream could take (E6), events that no read model could (S7). */
export function QuarantineView({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const quarantine = useQuarantine(park.park);
  const [shown, setShown] = useState<QuarantinedRun | null>(null);
  if (quarantine.isPending) return <Loading />;
  if (quarantine.isError) return <Failed error={quarantine.error} onRetry={() => void quarantine.refetch()} />;
  const { runs, runsDropped, events, eventsTotal } = quarantine.data;
  if (runs.length === 0 && events.length === 0) {
    return <Empty title={t('quarantine.empty')} hint={t('quarantine.emptyHint')} />;
  }
  return (
    <div style={{ display: 'grid', gap: 24 }}>
      {runs.length > 0 ? <Runs park={park} runs={runs} dropped={runsDropped} onShow={setShown} /> : null}
      {events.length > 0 ? <Events park={park} events={events} total={eventsTotal} /> : null}
      {shown ? <RawRun park={park} run={shown} onClose={() => setShown(null)} /> : null}
    </div>
  );
}

interface RunsProps {
  readonly park: ParkBody;
  readonly runs: readonly QuarantinedRun[];
  readonly dropped: number;
  readonly onShow: (run: QuarantinedRun) => void;
}

function Runs({ park, runs, dropped, onShow }: RunsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-labelledby="quarantined-runs">
      <h2 id="quarantined-runs" className="section-title">
        {t('quarantine.runs')}
      </h2>
      <p className="quiet small">{t('quarantine.runsHint')}</p>
      {dropped > 0 ? <p className="warn-text small">{t('quarantine.dropped', { count: dropped })}</p> : null}
      <TableCard
        columns={[
          t('kiosks.name'),
          t('quarantine.why'),
          t('quarantine.places'),
          t('quarantine.by'),
          t('quarantine.when'),
          { buttons: t('action.actions') },
        ]}
      >
        {runs.map((run) => (
          <tr key={run.runHash}>
            <td style={{ fontWeight: 600 }}>{run.name}</td>
            <td>{t(`quarantine.reason.${run.reason}`, { seq: run.atSeq })}</td>
            <td>{`${format.number(run.fromSeq)}–${format.number(run.toSeq)}`}</td>
            <td>{run.byNode === run.node ? t('quarantine.itself') : run.byName}</td>
            <td className="nowrap">{format.shortMoment(run.receivedMs, park.document.timeZone)}</td>
            <td className="number">
              <Button variant="default" onClick={() => onShow(run)}>
                {t('quarantine.raw')}
              </Button>
            </td>
          </tr>
        ))}
      </TableCard>
    </section>
  );
}

function Events(props: { readonly park: ParkBody; readonly events: readonly QuarantinedEvent[]; total: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { park, events, total } = props;
  return (
    <section aria-labelledby="quarantined-events">
      <h2 id="quarantined-events" className="section-title">
        {t('quarantine.events')}
      </h2>
      <p className="quiet small">{t('quarantine.eventsHint')}</p>
      <TableCard
        columns={[
          t('kiosks.name'),
          t('quarantine.event'),
          t('quarantine.readModel'),
          t('quarantine.why'),
          t('quarantine.when'),
        ]}
      >
        {events.map((event) => (
          <tr key={`${event.readModel} ${event.key} ${event.node}/${event.epoch}/${event.seq}`}>
            <td>
              <div style={{ fontWeight: 600 }}>{event.name}</div>
              <div className="quiet small">№ {format.number(event.seq)}</div>
            </td>
            <td>
              {t(`facts.types.${event.type}`, { defaultValue: event.type })}
              <div className="quiet small">{event.type}</div>
            </td>
            <td>{event.readModel === 'all' ? t('quarantine.allModels') : event.readModel}</td>
            <td style={{ overflowWrap: 'anywhere' }}>{event.error}</td>
            <td className="nowrap">{format.shortMoment(event.wallMs, park.document.timeZone)}</td>
          </tr>
        ))}
      </TableCard>
      {total > events.length ? (
        <p className="quiet small">{t('quarantine.more', { count: total - events.length })}</p>
      ) : null}
    </section>
  );
}

/** A run as it was sent, for whoever has to find out what happened. */
function RawRun(props: { readonly park: ParkBody; readonly run: QuarantinedRun; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { park, run, onClose } = props;
  const raw = useQuarantinedRun(park.park, run.runHash);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={<b>{t('quarantine.rawTitle', { name: run.name })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {raw.isPending ? <Loading /> : null}
      {raw.isError ? <Failed error={raw.error} onRetry={() => void raw.refetch()} /> : null}
      {raw.data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys
        <pre className="raw-run" tabIndex={0}>
          {readable(raw.data.run)}
        </pre>
      ) : null}
    </Modal>
  );
}

/** A page of the browser cannot show a whole push without a pause. */
const RAW_SHOWN = 60_000;

function readable(run: string): string {
  const text = indented(run);
  return text.length <= RAW_SHOWN ? text : `${text.slice(0, RAW_SHOWN)}\n…`;
}

/** Line by line; what somebody nested too deep for that is shown as it came. */
function indented(run: string): string {
  try {
    return JSON.stringify(JSON.parse(run), null, 1);
  } catch {
    return run;
  }
}

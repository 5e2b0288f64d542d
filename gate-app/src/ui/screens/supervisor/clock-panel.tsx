import { SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import { IconCheck, IconClockEdit } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClockConfirmation } from '../../../rpc-contract/kiosk-api.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import {
  type ClockEntry,
  DATE_DIGITS,
  dateShown,
  digitsOf,
  entryOf,
  isTyped,
  TIME_DIGITS,
  timeShown,
} from './clock-entry.ts';

/** H2: "is this right?", and where it is not, the right date and time with our own pad. */
export function ClockPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const { clock, staff } = useStatus();
  const [isEntering, setEntering] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const confirm = async (time: ClockConfirmation) => {
    setBusy(true);
    const answer = await answerOf(api.confirmClock(time));
    setBusy(false);
    if (answer.ok) onClose();
    else setProblem(answer.problem);
  };
  const isKnown = clock.trust === 'server' || clock.trust === 'peer';
  const mayConfirm = staff?.role === 'supervisor' && !isKnown;
  return (
    <Panel title={t('clock.title')} onClose={onClose} width={720}>
      {isEntering && mayConfirm ? (
        <EnterTime isBusy={isBusy} onConfirm={confirm} />
      ) : (
        <>
          <p className="t2">{t(`clock.trust.${clock.trust}`)}</p>
          <ShownTime />
          {!isKnown && !mayConfirm && <p className="t2 quiet">{t('clock.callSupervisor')}</p>}
          {mayConfirm && (
            <div className="row">
              <TouchButton wide icon={<IconClockEdit aria-hidden />} onPress={() => setEntering(true)}>
                {t('clock.isWrong')}
              </TouchButton>
              <TouchButton
                kind="primary"
                wide
                busy={isBusy}
                icon={<IconCheck aria-hidden />}
                onPress={() => confirm({ entered: null })}
              >
                {t('clock.isRight')}
              </TouchButton>
            </div>
          )}
        </>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </Panel>
  );
}

function ShownTime() {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs, clock } = useStatus();
  const skewMs = clock.skewMs ?? 0;
  return (
    <>
      <p className="clock-shown">
        <strong>{format.time.clockWithSeconds(nowMs)}</strong>
        <span className="t3">{`${format.time.date(format.time.dateOf(nowMs))} ${format.time.dateOf(nowMs).slice(0, 4)}`}</span>
      </p>
      {Math.abs(skewMs) >= SKEW_SHOWN_MS && (
        <p className="t1 quiet">
          {t(skewMs > 0 ? 'clock.machineAhead' : 'clock.machineBehind', { by: format.duration(Math.abs(skewMs)) })}
        </p>
      )}
      {clock.hlcLeadMs > 0 && (
        <p className="t1 quiet">{t('clock.orderLeads', { by: format.duration(clock.hlcLeadMs) })}</p>
      )}
    </>
  );
}

interface EnterTimeProps {
  readonly isBusy: boolean;
  readonly onConfirm: (time: ClockConfirmation) => void;
}

/** Two fields, one pad: it fills the one that was touched last. */
function EnterTime({ isBusy, onConfirm }: EnterTimeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [entry, setEntry] = useState<ClockEntry>({ date: '', time: '' });
  const [chosen, setChosen] = useState<keyof ClockEntry>('date');
  const whole = entryOf(entry);
  const fields = { date: { length: DATE_DIGITS, shown: dateShown }, time: { length: TIME_DIGITS, shown: timeShown } };
  const change = (name: keyof ClockEntry) => (text: string) => {
    const digits = digitsOf(text, fields[name].length);
    setEntry({ ...entry, [name]: digits });
    // The date is whole: the time is next.
    if (name === 'date' && digits.length === DATE_DIGITS && entry.date.length < DATE_DIGITS) setChosen('time');
  };
  return (
    <>
      <div className="row">
        {(['date', 'time'] as const).map((name) => (
          <div key={name} className="grow">
            <TouchField
              label={t(`clock.${name}`)}
              hint={t(`clock.${name}Hint`)}
              value={fields[name].shown(entry[name])}
              autoFocus={name === chosen}
              onChange={change(name)}
              onChoose={() => setChosen(name)}
            />
          </div>
        ))}
      </div>
      <NumberPad value={entry[chosen]} onChange={change(chosen)} lengthMax={fields[chosen].length} />
      <TouchButton
        kind="primary"
        wide
        busy={isBusy}
        disabled={whole === null}
        onPress={() => whole !== null && onConfirm({ entered: whole })}
      >
        {whole === null
          ? t(isTyped(entry) ? 'clock.noSuchTime' : 'clock.confirmEntered')
          : t('clock.confirmThis', { time: whole.time, date: format.time.date(whole.date) })}
      </TouchButton>
    </>
  );
}

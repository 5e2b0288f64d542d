import { useState } from 'react';
import { useCodes } from '../../codes.tsx';
import { answerOf, type ScreenProblem, useKioskView } from '../../kiosk-provider.tsx';
import { type EnrolmentInput, readEnrolmentText } from './enrolment-text.ts';

type FieldName = 'server' | 'code';

interface Hint {
  readonly key: 'setup.scanned' | 'setup.notEnrolCode';
  readonly tone: 'info' | 'warn';
}

/** What is typed or scanned, and asking the kiosk to enrol with it. */
export function useEnrolment(serverUrl = 'http://') {
  const { api, takeStatus } = useKioskView();
  const [input, setInputState] = useState<EnrolmentInput>({ serverUrl, code: '' });
  const [field, setField] = useState<FieldName>('code');
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [hint, setHint] = useState<Hint | null>(null);
  const [isBusy, setBusy] = useState(false);
  const say = (said: { problem?: ScreenProblem; hint?: Hint }) => {
    setProblem(said.problem ?? null);
    setHint(said.hint ?? null);
  };
  const enrol = async (wanted: EnrolmentInput) => {
    if (isBusy || wanted.code.length < 8) return;
    setBusy(true);
    say({});
    const answer = await answerOf(api.enrol(wanted));
    setBusy(false);
    if (answer.ok) takeStatus(answer.value);
    else say({ problem: answer.problem });
  };
  useCodes({
    onCode: (text) => {
      const scanned = readEnrolmentText(text);
      if (scanned === null) return say({ hint: { key: 'setup.notEnrolCode', tone: 'warn' } });
      setInputState(scanned);
      say({ hint: { key: 'setup.scanned', tone: 'info' } });
    },
    onUnreadable: () => say({ hint: { key: 'setup.notEnrolCode', tone: 'warn' } }),
  });
  const setInput = (changed: EnrolmentInput) => {
    setInputState(changed);
    say({});
  };
  return { input, setInput, field, setField, problem, hint, isBusy, enrol };
}

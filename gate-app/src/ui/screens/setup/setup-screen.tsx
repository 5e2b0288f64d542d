import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCodes } from '../../codes.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { answerOf, type ScreenProblem, useKioskView } from '../../kiosk-provider.tsx';
import { type EnrolmentInput, readEnrolmentText, spacedCode, tidyCode } from './enrolment-text.ts';

const URL_LENGTH_MAX = 200;
type FieldName = 'server' | 'code';

/** The first screen of a new kiosk: which server, and the one-time code HQ made for it (S1). */
export function SetupScreen() {
  const { t } = useTranslation();
  const form = useEnrolment();
  const { field, setField, input, setInput } = form;
  return (
    <ScreenFrame>
      <div className="setup">
        <section className="column grow" style={{ maxWidth: 1040, width: '100%', margin: '0 auto' }}>
          <h1 className="t4 strong">{t('setup.title')}</h1>
          <p className="t2 quiet">{t('setup.intro')}</p>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <div className="grow">
              <TouchField
                label={t('setup.server')}
                value={input.serverUrl}
                lengthMax={URL_LENGTH_MAX}
                onChange={(serverUrl) => setInput({ ...input, serverUrl: serverUrl.trim() })}
                onChoose={() => setField('server')}
              />
            </div>
            <div style={{ width: 400 }}>
              <TouchField
                label={`${t('setup.code')} · ${t('setup.codeHint')}`}
                value={spacedCode(input.code)}
                autoFocus
                onChange={(code) => setInput({ ...input, code: tidyCode(code) })}
                onChoose={() => setField('code')}
                onEnter={() => form.enrol(input)}
              />
            </div>
          </div>
          <div style={{ minHeight: 76 }} aria-live="polite">
            {form.problem !== null && <ProblemNote problem={form.problem} />}
            {form.hint !== null && <div className={`note ${form.hint.tone}`}>{t(form.hint.key)}</div>}
          </div>
        </section>
        <section className="row setup-pads">
          <div className="grow">
            {field === 'server' ? (
              <TextPad
                key="server"
                value={input.serverUrl}
                onChange={(serverUrl) => setInput({ ...input, serverUrl: serverUrl.trim() })}
                lengthMax={URL_LENGTH_MAX}
                layouts={['en', 'signs']}
              />
            ) : (
              <TextPad
                key="code"
                value={input.code}
                onChange={(code) => setInput({ ...input, code: tidyCode(code) })}
                lengthMax={8}
                layouts={['code']}
                isCode
              />
            )}
          </div>
          <TouchButton
            kind="primary"
            busy={form.isBusy}
            disabled={input.code.length < 8 || input.serverUrl.length < 8}
            onPress={() => form.enrol(input)}
          >
            {t(form.isBusy ? 'setup.enrolling' : 'setup.enrol')}
          </TouchButton>
        </section>
      </div>
    </ScreenFrame>
  );
}

interface Hint {
  readonly key: 'setup.scanned' | 'setup.notEnrolCode';
  readonly tone: 'info' | 'warn';
}

function useEnrolment() {
  const { api, takeStatus } = useKioskView();
  const [input, setInputState] = useState<EnrolmentInput>({ serverUrl: 'http://', code: '' });
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

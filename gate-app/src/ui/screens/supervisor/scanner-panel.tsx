import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScannerSettings } from '../../../rpc-contract/status-view.ts';
import { ControlGroup } from '../../components/control-group.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import { type Camera, listCameras } from '../../scanner/camera.ts';

const AFFIX_LENGTH_MAX = 8;
const LIBRARIES = ['zxing-wasm', 'zxing-js'] as const;
type Affix = 'prefix' | 'suffix';

/** How this kiosk reads codes: which reader and camera, and what the hand scanner types around a code. */
export function ScannerPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const { scanner } = useStatus();
  const [settings, setSettings] = useState<ScannerSettings>(scanner);
  const [affix, setAffix] = useState<Affix>('prefix');
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const cameras = useCameras();
  const change = (some: Partial<ScannerSettings>) => setSettings({ ...settings, ...some });
  const save = async () => {
    const answer = await answerOf(api.setScanner(settings));
    if (answer.ok) onClose();
    else setProblem(answer.problem);
  };
  return (
    <Panel title={t('scanner.title')} onClose={onClose} width={960}>
      <div className="column">
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Choice
            label={t('scanner.library')}
            options={LIBRARIES.map((library) => ({ value: library, words: t(`scanner.${library}`) }))}
            chosen={settings.library}
            onChoose={(library) => change({ library })}
          />
          <Choice
            label={t('scanner.camera')}
            options={[
              { value: null, words: t('scanner.anyCamera') },
              ...cameras.map(({ deviceId, label }, index) => ({
                value: deviceId,
                words: label || t('scanner.cameraNumber', { number: index + 1 }),
              })),
            ]}
            chosen={settings.cameraId}
            onChoose={(cameraId) => change({ cameraId })}
          />
        </div>
        <div className="row" style={{ alignItems: 'flex-end' }}>
          {(['prefix', 'suffix'] as const).map((name) => (
            <div key={name} className="grow">
              <TouchField
                label={t(`scanner.${name}`)}
                value={settings[name]}
                lengthMax={AFFIX_LENGTH_MAX}
                onChange={(value) => change({ [name]: value })}
                onChoose={() => setAffix(name)}
              />
            </div>
          ))}
          <TouchButton kind="primary" onPress={save}>
            {t('common.save')}
          </TouchButton>
        </div>
        <TextPad
          key={affix}
          value={settings[affix]}
          onChange={(value) => change({ [affix]: value })}
          lengthMax={AFFIX_LENGTH_MAX}
          layouts={['en', 'signs']}
        />
        {problem !== null && <ProblemNote problem={problem} />}
      </div>
    </Panel>
  );
}

interface ChoiceProps<Value> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly words: string }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string | null>({ label, options, chosen, onChoose }: ChoiceProps<Value>) {
  return (
    <ControlGroup label={label}>
      <p className="t1 quiet">{label}</p>
      <div className="row" style={{ flexWrap: 'wrap' }}>
        {options.map(({ value, words }) => (
          <TouchButton key={value ?? ''} chosen={value === chosen} onPress={() => onChoose(value)}>
            {words}
          </TouchButton>
        ))}
      </div>
    </ControlGroup>
  );
}

/** The machine's cameras; browsers name them only once a camera was allowed. */
function useCameras(): readonly Camera[] {
  const [cameras, setCameras] = useState<readonly Camera[]>([]);
  useEffect(() => {
    let isHere = true;
    void listCameras(navigator.mediaDevices).then((found) => isHere && setCameras(found));
    return () => {
      isHere = false;
    };
  }, []);
  return cameras;
}

import { Modal } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TouchButton } from './touch-button.tsx';

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Width in pixels. */
  readonly width?: number;
}

/** A panel over the screen that a person asked for: nothing opens one by itself. */
export function Panel({ title, onClose, children, width = 640 }: PanelProps) {
  const { t } = useTranslation();
  const isStill = useReducedMotion();
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={width}
      centered
      padding={24}
      classNames={{ content: 'skygate-panel' }}
      transitionProps={{ duration: isStill ? 0 : 120, transition: 'fade' }}
    >
      <Modal.Overlay backgroundOpacity={0.5} />
      <Modal.Content radius={12}>
        <Modal.Body>
          <div className="panel-head">
            <Modal.Title className="t3 strong">{title}</Modal.Title>
            <TouchButton kind="plain" className="icon" label={t('common.close')} onPress={onClose}>
              <IconX size={28} aria-hidden />
            </TouchButton>
          </div>
          <div className="panel-body">{children}</div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

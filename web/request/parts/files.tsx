/** Photos and files of one credential: choose, photograph, drop; progress; what is there. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { PageFault } from '../api.ts'
import type { PageFile, PageItem, ReadConcern } from '../page-state.ts'
import { acceptedFiles, isShowable, sizeWords } from '../rules/files.ts'
import type { UploadView } from '../session.ts'
import { ActionButton, ActionFault, useAction } from './action.tsx'
import { FaultText } from './fields.tsx'
import type { Words } from '../words/catalogue.ts'
import { usePage, type PageTools } from './page-context.ts'

/** Larger photos of an earlier visit are not fetched again to show them small. */
const thumbnailBytesMax = 400_000

const concernWords = {
  NAME_MISMATCH: 'concern.name',
  NUMBER_MISMATCH: 'concern.number',
  DATE_MISMATCH: 'concern.date',
  EXPIRED: 'concern.expired',
  EXPIRES_SOON: 'concern.expiresSoon',
  WRONG_TYPE: 'concern.wrongType',
  ILLEGIBLE: 'concern.illegible',
  MULTIPLE_DOCUMENTS: 'concern.several',
  UNREADABLE: 'concern.unreadable',
} as const satisfies Record<ReadConcern, keyof Words>

interface Props {
  readonly item: PageItem
  readonly fault?: string | undefined
}

export function Files({ item, fault }: Props) {
  const { t, session, snapshot, announce } = usePage()
  const [isOver, setOver] = useState(false)
  // A camera at hand, or a mouse to drag with.
  const isTouched = navigator.maxTouchPoints > 0
  const known = useRef(new Set(item.files.map(({ id }) => id)))
  useEffect(() => {
    for (const file of item.files) {
      if (!known.current.has(file.id)) announce(t('files.uploaded', { file: file.fileName }))
      known.current.add(file.id)
    }
  }, [item.files])
  const uploads = snapshot.uploads.filter(({ itemId }) => itemId === item.id)
  const take = (list: FileList | null | undefined): void => {
    const files = [...(list ?? [])]
    if (files.length > 0) void session.addFiles(item.id, files)
  }
  const hints = fault === undefined ? 'files-hint' : 'files-hint files-fault'
  return (
    <section
      class={`files${isOver ? ' over' : ''}${fault === undefined ? '' : ' faulty'}`}
      aria-labelledby="files-title"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer?.files)
      }}
    >
      <h2 id="files-title">{t(item.suppliedBy === 'number' ? 'files.titleOptional' : 'files.title')}</h2>
      <p class="hint" id="files-hint">
        {t('files.hint')}
      </p>
      <FaultText id="files-fault" text={fault} />
      {(item.files.length > 0 || uploads.length > 0) && (
        <ul class="file-list" aria-label={t('files.list')}>
          {item.files.map((file) => (
            <SentFile key={file.id} item={item} file={file} />
          ))}
          {uploads.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
      <div class="choosers">
        {isTouched && (
          <Chooser
            id="files-camera"
            class="camera"
            text={t('files.camera')}
            hints={hints}
            accept="image/*"
            isCamera
            onFiles={take}
          />
        )}
        <Chooser
          id="files"
          class="choose"
          text={t('files.choose')}
          hints={hints}
          accept={acceptedFiles}
          onFiles={take}
        />
        {!isTouched && (
          <span class="drop-hint" aria-hidden="true">
            {t('files.drop')}
          </span>
        )}
      </div>
    </section>
  )
}

interface ChooserProps {
  readonly id: string
  readonly class: string
  readonly text: string
  readonly hints: string
  readonly accept: string
  readonly isCamera?: boolean
  readonly onFiles: (files: FileList | null) => void
}

/** The browser's own file input, with a label that looks like a button. */
function Chooser({ id, class: name, text, hints, accept, isCamera, onFiles }: ChooserProps) {
  return (
    <span class={`chooser ${name}`}>
      <input
        type="file"
        id={id}
        accept={accept}
        multiple={!isCamera}
        aria-describedby={hints}
        {...(isCamera ? { capture: 'environment' } : {})}
        onChange={(event) => {
          onFiles(event.currentTarget.files)
          // The same file may be chosen again after it was deleted.
          event.currentTarget.value = ''
        }}
      />
      <label for={id}>{text}</label>
    </span>
  )
}

function Thumbnail({ file, path }: { readonly file: PageFile; readonly path: string }) {
  const { t, snapshot } = usePage()
  const preview = snapshot.previews.get(file.id)
  const [isBroken, setBroken] = useState(false)
  const isSmall = isShowable(file.mediaType) && file.sizeBytes <= thumbnailBytesMax
  const source = preview ?? (isSmall ? path : undefined)
  if (source === undefined || isBroken)
    return (
      <span class="thumbnail sign" aria-hidden="true">
        {file.mediaType === 'application/pdf' ? t('files.pdf') : t('files.photo')}
      </span>
    )
  // The name beside it says what it is.
  return <img class="thumbnail" src={source} alt="" loading="lazy" onError={() => setBroken(true)} />
}

export function SentFile({
  item,
  file,
  isFixed = false,
}: {
  readonly item: PageItem
  readonly file: PageFile
  readonly isFixed?: boolean
}) {
  const { t, language, session, announce } = usePage()
  const action = useAction()
  const path = session.contentPath(item.id, file.id)
  const remove = async (): Promise<void> => {
    await session.deleteFile(item.id, file.id)
    announce(t('files.deleted', { file: file.fileName }))
    document.getElementById('files-title')?.scrollIntoView({ block: 'nearest' })
    document.getElementById('files')?.focus()
  }
  const concerns = file.reading?.concerns ?? []
  return (
    <li class="file">
      <Thumbnail file={file} path={path} />
      <div class="file-words">
        <p class="file-name">{file.fileName}</p>
        <p class="quiet">{sizeWords(file.sizeBytes, language)}</p>
        {file.reading?.state === 'PENDING' && <p class="quiet busy">{t('reading.pending')}</p>}
      </div>
      <div class="file-actions">
        <a
          class="button link"
          href={path}
          target="_blank"
          rel="noreferrer"
          aria-label={t('files.viewFile', { file: file.fileName })}
        >
          {t('files.view')}
        </a>
        {!isFixed && (
          <ActionButton
            action={action}
            work={remove}
            kind="link"
            label={t('files.deleteFile', { file: file.fileName })}
          >
            {t('files.delete')}
          </ActionButton>
        )}
      </div>
      {concerns.length > 0 && (
        <div class="notice warn">
          <p>{t('reading.concerns', { file: file.fileName })}</p>
          <ul>
            {concerns.map((concern) => (
              <li key={concern}>{t(concernWords[concern])}</li>
            ))}
          </ul>
        </div>
      )}
      <ActionFault action={action} />
    </li>
  )
}

function faultWords({ file, fault }: UploadView, { t, language }: PageTools): string {
  const name = { file: file.name }
  if (fault === 'empty') return t('files.empty', name)
  if (fault === 'wrongKind') return t('files.wrongKind', name)
  if (fault === 'tooLarge') return t('files.tooLarge', { ...name, size: sizeWords(file.size, language) })
  if (fault?.status === 413) return t('files.tooLarge', { ...name, size: sizeWords(file.size, language) })
  if (fault?.status === 415) return t('files.wrongKind', name)
  const told = fault?.problem.errors?.[0]?.detail ?? fault?.problem.detail
  return told ?? t('files.refused', name)
}

function UploadRow({ upload }: { readonly upload: UploadView }) {
  const tools = usePage()
  const { t, session, language } = tools
  const { id, file, status, sent, total } = upload
  const share = total > 0 ? Math.min(1, sent / total) : 0
  const percent = new Intl.NumberFormat(language, { style: 'percent' }).format(share)
  const isFinal = upload.fault !== null && !(upload.fault instanceof PageFault)
  const drop = (): void => {
    session.cancelUpload(id)
    document.getElementById('files')?.focus()
  }
  return (
    <li class={`file upload ${status}`}>
      <div class="file-words">
        <p class="file-name">{file.name}</p>
        {status === 'sending' && (
          <>
            <progress max={1} value={share} aria-label={`${t('files.sending')} ${file.name}`} />
            <p class="quiet">{share < 1 ? t('files.sent', { percent }) : t('files.finishing')}</p>
          </>
        )}
        {status === 'waiting' && <p class="quiet">{t('files.waiting')}</p>}
        {status === 'lost' && (
          <p class="fault" role="alert">
            {t('files.lost')}
          </p>
        )}
        {status === 'failed' && (
          <p class="fault" role="alert">
            {faultWords(upload, tools)}
          </p>
        )}
      </div>
      <div class="file-actions">
        {(status === 'lost' || (status === 'failed' && !isFinal)) && (
          <button
            type="button"
            class="link"
            aria-label={t('files.retryFile', { file: file.name })}
            onClick={() => session.retryUpload(id)}
          >
            {t('files.retry')}
          </button>
        )}
        <button
          type="button"
          class="link"
          aria-label={t(status === 'failed' ? 'files.removeFile' : 'files.cancelFile', { file: file.name })}
          onClick={drop}
        >
          {t(status === 'failed' ? 'files.remove' : 'files.cancel')}
        </button>
      </div>
    </li>
  )
}

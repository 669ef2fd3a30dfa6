import './more-icons'
import { doorWords } from '../words/door'
import { Icon } from './icon'

interface PassOnProps {
  link: string
  room: string
  /** Null where a plain `mailto:` link already opens the mail program. */
  writeMail: ((subject: string, body: string) => void) | null
}

/** The system's own ways to send a link: its share sheet, where the browser offers it, and mail. */
export function PassOn({ link, room, writeMail }: PassOnProps) {
  const d = doorWords.value
  const [subject, body] = [d.mailSubject(room), d.mailBody(room, link)]
  // Browsers have it in secure contexts only, which an address on the local network is none of.
  const share = 'share' in navigator ? () => navigator.share({ title: subject, url: link }) : null
  const mail = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`
  return (
    <>
      {share && (
        <button
          type="button"
          class="button"
          data-testid="share-link"
          // Closing the sheet without choosing anything is no error.
          onClick={() => void share().catch(() => {})}
        >
          <Icon name="share" />
          {d.share}
        </button>
      )}
      {writeMail ? (
        <button type="button" class="button" data-testid="mail-link" onClick={() => writeMail(subject, body)}>
          <Icon name="mail" />
          {d.mail}
        </button>
      ) : (
        <a class="button" href={mail} data-testid="mail-link">
          <Icon name="mail" />
          {d.mail}
        </a>
      )}
    </>
  )
}

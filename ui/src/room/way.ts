import type { Addresses } from '../wire.gen'
import type { Invite } from './invite'

/** Where a room's host may be: as the invite says, as the host says, and as was found out. */
export class Way {
  /** Where it answered last. */
  private reached: string
  /** Where something answered that wasn't it. */
  private wrong: string | null = null
  private told: Addresses | null = null
  /** Where somebody answered last who couldn't prove to be it. */
  private _unproven: string | null = null
  /** Where the person says it is all the same. */
  private trusted: string | null = null

  constructor(readonly invite: Invite) {
    this.reached = invite.address
  }

  /** The invite as it is best followed now. */
  get best(): Invite {
    const { address, others = [], mark } = this.invite
    const all = [this.reached, ...(this.told?.addresses ?? []), address, ...others]
    const unique = [...new Set(all)]
    const [first, ...rest] = [
      ...unique.filter((it) => it !== this.wrong),
      ...unique.filter((it) => it === this.wrong),
    ]
    const known = this.told?.mark ?? mark
    return {
      ...this.invite,
      address: first ?? address,
      others: rest,
      ...(known === undefined ? {} : { mark: known }),
      ...(this.trusted === null ? {} : { trusted: this.trusted }),
    }
  }

  get unproven(): string | null {
    return this._unproven
  }

  /** Somebody answers there who can't prove to be it. */
  doubted(address: string): void {
    this._unproven = address
  }

  /** The person says that this is it. */
  trust(): void {
    this.trusted = this._unproven
  }

  /** It says where it is. */
  tells(addresses: Addresses): void {
    this.told = addresses
  }

  /** Something answered there. */
  opened(address: string | undefined): void {
    if (address !== undefined) this.reached = address
  }

  /** And it was the room. */
  welcomed(): void {
    this.wrong = null
  }

  /** And it wasn't: another machine has the address now, or the host is away. The others are tried before it. */
  refused(): void {
    this.wrong = this.reached
  }
}

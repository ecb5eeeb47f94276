/**
 * An authenticator in software (WebAuthn level 3, section 6), for tests: makes ES256 passkeys and answers challenges as a
 * browser would hand them on. What it says can be bent, to see that lies are found out.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

type Cbor = number | string | Buffer | readonly [Cbor, Cbor][]

/** RFC 8949, as far as it is needed here: whole numbers, texts, bytes, maps. */
function cbor(value: Cbor): Buffer {
  const head = (major: number, argument: number): Buffer =>
    argument < 24
      ? Buffer.of((major << 5) | argument)
      : argument < 256
        ? Buffer.of((major << 5) | 24, argument)
        : Buffer.of((major << 5) | 25, argument >> 8, argument & 255)
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.length), ...value.flatMap(([key, one]) => [cbor(key), cbor(one)])])
}

export interface Bend {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  /** Without having asked for finger, face or PIN. */
  readonly isUnverified?: boolean
  readonly counter?: number
  /** Attestation with a certificate in it. */
  readonly certificate?: Buffer
  readonly userHandle?: string
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()

export class SoftwareAuthenticator {
  readonly #origin: string
  readonly #keys: KeyObject
  readonly #publicKey: KeyObject
  readonly id = randomBytes(32).toString('base64url')
  #userHandle: string | undefined
  counter = 0

  constructor(origin: string) {
    this.#origin = origin
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#keys = pair.privateKey
    this.#publicKey = pair.publicKey
  }

  #clientData(type: string, challenge: string, bend: Bend): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: bend.type ?? type,
        challenge: bend.challenge ?? challenge,
        origin: bend.origin ?? this.#origin,
        crossOrigin: false,
      }),
    )
  }

  #data(rpId: string, flags: number, bend: Bend): Buffer {
    this.counter += 1
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(bend.counter ?? this.counter)
    return Buffer.concat([
      sha256(bend.rpId ?? rpId),
      Buffer.of(bend.isUnverified ? flags & ~4 : flags),
      counter,
    ])
  }

  /** @param options as `navigator.credentials.create` takes them */
  create(options: unknown, bend: Bend = {}): object {
    const { challenge, rp, user } = options as {
      challenge: string
      rp: { id: string }
      user: { id: string }
    }
    this.#userHandle = user.id
    const { x = '', y = '' } = this.#publicKey.export({ format: 'jwk' })
    const id = Buffer.from(this.id, 'base64url')
    const clientData = this.#clientData('webauthn.create', challenge, bend)
    const data = Buffer.concat([
      this.#data(rp.id, 0x45, bend),
      Buffer.alloc(16),
      Buffer.of(id.length >> 8, id.length & 255),
      id,
      cbor([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    ])
    const statement: [Cbor, Cbor][] = bend.certificate
      ? [
          ['alg', -7],
          ['sig', sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#keys)],
          ['x5c', bend.certificate],
        ]
      : []
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: cbor([
          ['fmt', bend.certificate ? 'packed' : 'none'],
          ['attStmt', statement],
          ['authData', data],
        ]).toString('base64url'),
        transports: ['internal'],
      },
      clientExtensionResults: {},
    }
  }

  /** @param options as `navigator.credentials.get` takes them */
  get(options: unknown, bend: Bend = {}): object {
    const { challenge, rpId } = options as { challenge: string; rpId: string }
    const clientData = this.#clientData('webauthn.get', challenge, bend)
    const data = this.#data(rpId, 0x05, bend)
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#keys).toString(
          'base64url',
        ),
        userHandle: bend.userHandle ?? this.#userHandle,
      },
      clientExtensionResults: {},
    }
  }
}

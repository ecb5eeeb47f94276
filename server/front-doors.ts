/** The doors of a running node: HTTP and SFTP, opened as its roles say. */
import { startSftpServer, type SftpServer } from './exchange/file-exchange/file-exchange.sftp.ts'
import type { House } from './house.ts'

export interface FrontDoors {
  /** Where people and systems reach HTTP; null when this node has no HTTP. */
  readonly url: string | null
  readonly httpPort: number | null
  readonly sftpPort: number | null
  readonly fingerprints: readonly string[]
  close(): Promise<void>
}

/** Opens the doors that are asked for. */
export async function startFrontDoors(
  { runtime }: House,
  wanted: { readonly http: boolean; readonly sftp: boolean; readonly version: string },
): Promise<FrontDoors> {
  const { config } = runtime
  let sftp: SftpServer | undefined
  if (wanted.sftp) sftp = await startSftpServer(runtime, { host: config.sftpHost, port: config.sftpPort })
  return {
    url: null,
    httpPort: null,
    sftpPort: sftp?.port ?? null,
    fingerprints: sftp?.fingerprints ?? [],
    close: async () => {
      await sftp?.stop()
    },
  }
}

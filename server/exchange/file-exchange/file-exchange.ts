/**
 * The file exchange: accounts, the virtual tree, and what comes and goes through it.
 *
 * Owns: accounts (sftp_accounts, sftp_account_keys) and the files of the tree (exchange_files). Words: a *partial* is
 * a file that is being written or was cut; a file *arrives* when it is complete under a final name; a file of ours is
 * *delivered*. Promises: every node serves the same tree; others see an upload only once it is complete; nothing is
 * imported that was not closed; a file arrives in the same unit of work that shows it.
 */
export {
  addAccount,
  changeAccount,
  deleteAccount,
  getAccount,
  listAccounts,
  lockedAccount,
  restoreAccount,
  type AccountRequest,
} from './file-exchange.accounts.ts'
export {
  accountCaller,
  isAddressAllowed,
  reasonToEnd,
  recordLogin,
  recordSessionEnd,
  unscopedAccounts,
  unscopedFindAccount,
} from './file-exchange.logins.ts'
export { clearBan, forgetOldBans, imposeBans, listBans, readBans, sourceOf } from './file-exchange.bans.ts'
export { openRefusalJournal, type RefusalJournal } from './file-exchange.refusals.ts'
export { serverFacts } from './file-exchange.host-keys.ts'
export { deliverExport, deliverRun } from './file-exchange.delivery.ts'
export { clearUp, fileExchangeBlobs, retentionTimer, timeRetention } from './file-exchange.retention.ts'
export { placeOf, type Place } from './file-exchange.paths.rules.ts'
export { fingerprintOf } from './file-exchange.public-keys.ts'
export type { AccountRecord, Ban, Entry, LoginAccount } from './file-exchange.schema.ts'
export { entryAt, listFolder, openListing, type Listing } from './file-exchange.entries.ts'
export {
  openDownload,
  recordRefusal,
  removeFile,
  renameFile,
  setAttributes,
  type Download,
  type FileAttributes,
} from './file-exchange.tree.ts'
export { type ExchangeSession, type Upload } from './file-exchange.open-uploads.ts'
export { expirePartial, partialTimer } from './file-exchange.partials.ts'
export { storageOf } from './file-exchange.quota.ts'
export { beginUpload, cutUpload, finishUpload, resizeUpload, writeUpload } from './file-exchange.uploads.ts'

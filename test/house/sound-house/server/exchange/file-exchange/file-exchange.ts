import '../../workforce/workers/workers.ts'
import '../../platform/storage/storage.ts'

-- Several nodes on one tree: which node's process has a partial open. Null: none has, or an older version does.
alter table exchange_files add column writer text collate "C";

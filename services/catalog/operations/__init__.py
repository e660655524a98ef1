"""What takes minutes: begun by one call, asked for by others, and gone on with after a restart.

A kind of operation is added in four places, and nothing else is needed:

1. Its core makes a `Kind` (see `kind.py`): a name, and a generator that does the work in steps. It leases the libraries
   that it uses within the generator, `with catalog.lease(task.library_id) as library`; the generator is always closed,
   so that `with` and `finally` give back what it holds.
2. `services/catalog/composition/work.py` puts it among the kinds.
3. `services/catalog/servicers/operation_message.py`, `RESPONSES`: the message of its result, whose fields are called as
   the keys of the record that the generator returns.
4. Its servicer begins one, and answers with it, once whatever can be refused at once is refused:

       return await self._starts.start(library, "backup", {"folder": request.folder}, request)

   `self._starts` is an `OperationStarts` (`services/catalog/servicers/operation_starts.py`); the request has the fields
   `request_id` and `validate_only`.

Operations lie beside the file of their library, in files whose names begin with its name: whatever erases a library
erases its operations in the same step, and a copy, a backup or a compaction of the file knows nothing of them.
"""

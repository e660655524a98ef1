"""Messages of backups."""

from albumen.catalog.v1 import backup_pb2
from services.catalog.backup.record import BackupRecord
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.resource_names import library_name


def backup_message(backup: BackupRecord) -> backup_pb2.Backup:
    """Return the message of a backup, which may be one that nobody can read."""
    message = backup_pb2.Backup(
        name=f"backups/{backup.id}",
        state=backup_pb2.BACKUP_STATE_DAMAGED,
        create_time=timestamp(backup.create_time),
        expire_time=None if backup.expire_time is None else timestamp(backup.expire_time),
    )
    content = backup.content
    if content is not None:
        message.MergeFrom(
            backup_pb2.Backup(
                library=library_name(backup.library),
                state=backup_pb2.BACKUP_STATE_READY,
                size_bytes=backup.size_bytes,
                library_display_name=content.display_name,
                image_count=content.image_count,
                trashed_image_count=content.trashed_count,
                face_count=content.face_count,
                person_count=content.person_count,
                album_count=content.album_count,
                embedding_space=content.embedding_space,
                albumen_version=backup.albumen,
            )
        )
    return message

"""Every bound of the services, from where it stands in the code; docs/limits.md is made of it.

A new bound is one line in `BOUNDS`, and a test that tries to break it.
"""

from typing import Final

from services.catalog.edits import bounds as edits
from services.catalog.search import face_search
from services.catalog.settings import CatalogSettings
from services.catalog.storage import integrity
from services.common import limits
from services.common.errors import Reason
from services.common.settings import ServiceSettings
from services.common.wire import arrivals, inbound, process, status_size
from services.detector.settings import DetectorSettings
from services.embedder.settings import EmbedderSettings
from tools.bound import Bound
from tools.bound import fixed as _fixed
from tools.default_text import default_text

_SERVICES: Final = "every service"
_ALBUMS: Final = "tests/catalog/servicers/test_albums.py"
_NO_ALBUMS: Final = "tests/catalog/servicers/test_album_refusals.py"
_DECODING: Final = "tests/common/decoding"
_WIRE: Final = "tests/common/wire/test_inbound.py"
_FOLDERS: Final = "tests/catalog/servicers/test_folder_refusals.py"
_OPERATIONS: Final = "tests/catalog/operations/test_operations.py"
_PICTURES: Final = "tests/catalog/servicers/test_picture_bounds.py"
_UPDATES: Final = "tests/catalog/servicers/test_image_updates.py::"
_UPLOADS: Final = "tests/catalog/servicers/test_stalled_uploads.py"


def _edit(attribute: str, what: str, unit: str, beyond: Reason | str, test: str) -> Bound:
    where = f"`EditBounds.{attribute}` in services/catalog/edits/bounds.py"
    return Bound("catalog", what, where, getattr(edits.EditBounds(), attribute), unit, beyond, test)


def _set(settings: type[ServiceSettings], what: str, field: str, unit: str, beyond: Reason | str, test: str) -> Bound:
    of = _SERVICES if field in ServiceSettings.model_fields else f"{settings.service_name()}"
    variable = settings.variable(field)
    if of == _SERVICES:
        variable = variable.replace(settings.service_name().upper(), "…")
    return Bound(of, what, f"`{variable}`", default_text(settings.model_fields[field]).strip("`"), unit, beyond, test)


def _decoding(what: str, field: str, unit: str, beyond: Reason | str, test: str) -> Bound:
    value = default_text(DetectorSettings.model_fields[field]).strip("`")
    where = f"`ALBUMEN_…_{field.upper()}`"
    return Bound(_SERVICES, what, where, value, unit, beyond, test)


def _work(what: str, name: str, unit: str) -> Bound:
    test = f"{_DECODING}/test_work.py::test_absurd_work_is_refused"
    return _fixed(_SERVICES, what, limits, name, unit, Reason.IMAGE_TOO_COSTLY, test)


BOUNDS: Final = (
    # Every service
    _decoding("processor time of one photo in its decoder (embedder: 1 second)", "decode_cpu_seconds", "seconds",
              Reason.IMAGE_TOO_COSTLY,
              "tests/detector/test_bombs.py::test_a_photo_that_never_ends_is_refused_and_others_are_not"),
    _decoding("time of one photo in its decoder, on a machine that is busy", "decode_wall_seconds", "seconds",
              Reason.DECODER_UNAVAILABLE,
              f"{_DECODING}/test_child_decoders.py::test_a_process_that_neither_answers_nor_works_is_killed"),
    _decoding("memory of all photos that are being decoded (embedder: 128 MiB)", "decode_memory_mib", "MiB",
              "a turn; smaller; `IMAGE_TOO_MUCH_MEMORY`",
              f"{_DECODING}/test_equal_pixels.py::test_what_does_not_fit_comes_smaller_and_what_never_fits_is_refused"),
    _work("pixels of all scans of a JPEG", "MAX_SCANNED_PIXELS", "pixels"),
    _work("segments of a JPEG", "MAX_JPEG_SEGMENTS", "segments"),
    _work("chunks of a PNG", "MAX_PNG_CHUNKS", "chunks"),
    _work("strips or tiles of a TIFF", "MAX_TIFF_PARTS", "parts"),
    _work("blocks before the first frame of a GIF", "MAX_GIF_BLOCKS", "blocks"),
    _work("bytes of a BMP of run lengths", "MAX_RUN_LENGTH_BYTES", "bytes"),
    _work("pixels of a BMP of run lengths", "MAX_RUN_LENGTH_PIXELS", "pixels"),
    _set(CatalogSettings, "calls under way; streams are half of them at most, health and reflection are apart",
         "max_concurrent_calls", "calls", Reason.OVERLOADED,
         "tests/common/wire/test_interceptor.py::test_idle_streams_keep_nobody_out_who_does_not_stream"),
    _fixed(_SERVICES, "a request message without an image, and what a message holds beside its images", limits,
           "MESSAGE_OVERHEAD_BYTES", "bytes", Reason.REQUEST_TOO_LARGE,
           f"{_WIRE}::test_a_message_without_an_image_has_a_mebibyte"),
    _fixed(_SERVICES, "fields of a message with images, counted before it is parsed", limits, "MAX_MESSAGE_FIELDS",
           "fields", Reason.REQUEST_TOO_LARGE,
           "tests/common/wire/test_message_shape.py::test_what_is_large_otherwise_is_refused_unparsed"),
    _set(CatalogSettings, "messages with images on their way in; a client that is silent lets others have its place",
         "max_arriving", "messages", Reason.OVERLOADED, f"{_WIRE}::test_eight_uploads_that_stall_refuse_nobody"),
    _set(CatalogSettings, "of them together, MiB, each counted as large as it may become; up to half is lent to "
         "photos that have more than three quarters of the decoders' memory", "arriving_memory_mib", "MiB",
         "wait, then `OVERLOADED`", "tests/common/wire/test_arrivals.py::test_messages_on_their_way_share_a_room"),
    _fixed(_SERVICES, "messages without images on their way in, likewise", inbound, "PLAIN_PLACES", "messages",
           Reason.OVERLOADED,
           "tests/common/wire/test_arrivals.py::test_streams_that_are_idle_by_the_hundred_keep_nobody_out"),
    _fixed(_SERVICES, "silence of a client whose place another one needs", arrivals, "GRACE_SECONDS", "seconds",
           Reason.OVERLOADED, "tests/common/wire/test_arrivals.py::test_clients_that_stall_keep_nobody_out"),
    _set(CatalogSettings, "silence of a client, time of a message to arrive", "stream_idle_seconds", "seconds",
         Reason.REQUEST_STALLED, f"{_WIRE}::test_a_stream_that_is_silent_for_too_long_is_ended"),
    _set(CatalogSettings, "time until a client takes what it is sent", "stream_idle_seconds", "seconds",
         Reason.RESPONSE_STALLED, f"{_PICTURES}::test_who_takes_nothing_for_too_long_is_sent_no_more"),
    _set(CatalogSettings, "images in hand as they came, MiB of all calls together", "image_memory_mib", "",
         Reason.OVERLOADED, f"{_WIRE}::test_requests_in_hand_are_bounded_by_their_bytes"),
    _fixed(_SERVICES, "connections", inbound, "MAX_CONNECTIONS", "connections", "closed by the transport",
           f"{_WIRE}::test_the_transport_is_told_its_bounds"),
    _fixed(_SERVICES, "least time between two pings of a client", inbound, "MIN_PING_SECONDS", "seconds",
           "disconnected", "tests/common/wire/test_keepalive.py::"
           "test_a_client_that_pings_more_often_than_it_may_is_disconnected"),
    _fixed(_SERVICES, "what an error says, in the trailers of a call", status_size, "MAX_TRAILER_BYTES", "bytes", "cut",
           "tests/catalog/servicers/test_long_text.py::test_an_error_about_a_very_long_text_still_has_a_reason"),
    _set(CatalogSettings, "time of calls under way to end at shutdown", "drain_seconds", "seconds", "cancelled",
         "tests/common/wire/test_shutdown.py::test_what_clients_leave_open_does_not_hold_the_end_up"),
    _fixed(_SERVICES, "time of threads after that", process, "GRACE_SECONDS", "seconds", "the process ends, code 1",
           "tests/common/wire/test_process.py::test_a_service_ends_in_time_though_a_thread_never_does"),
    # Detector
    _set(DetectorSettings, "bytes of a photo", "max_image_bytes", "bytes", Reason.IMAGE_TOO_LARGE,
         "tests/detector/test_servicer.py::test_limits_are_configured_and_told"),
    _set(DetectorSettings, "pixels of a photo, by its header", "max_image_pixels", "pixels",
         Reason.IMAGE_TOO_MANY_PIXELS, "tests/detector/test_servicer.py::test_limits_are_configured_and_told"),
    _set(DetectorSettings, "photos of Detect waiting for a thread", "queue", "", Reason.OVERLOADED,
         "tests/detector/test_servicer.py::test_overload_is_refused_with_a_time_to_retry"),
    _set(DetectorSettings, "photos of all streams in progress", "stream_queue", "photos", "read later",
         "tests/common/test_byte_budget.py::test_streams_are_read_as_there_is_room_and_never_refused"),
    _set(DetectorSettings, "photos of one stream in progress", "stream_window", "photos", "read later",
         "tests/common/test_byte_budget.py::test_streams_are_read_as_there_is_room_and_never_refused"),
    _set(DetectorSettings, "objects reported of a photo", "max_objects", "objects", "the best ones",
         "tests/detector/test_detector.py::test_the_detectors_own_limits_come_first"),
    _set(DetectorSettings, "faces reported of a photo", "max_faces", "faces", "the best ones",
         "tests/detector/test_detector.py::test_the_detectors_own_limits_come_first"),
    _fixed("detector", "labels that are asked for", limits, "MAX_DETECT_LABELS", "labels", Reason.TOO_MANY_LABELS,
           "tests/detector/test_servicer.py::test_a_wrong_request_is_refused_by_field"),
    _fixed("detector", "faces that are asked for by their boxes", limits, "MAX_DETECT_BOXES", "boxes",
           Reason.TOO_MANY_BOXES, "tests/detector/test_known_faces.py::test_boxes_that_are_none_of_the_photo"),
    # Embedder
    _fixed("embedder", "bytes of a face's file", limits, "MAX_FACE_IMAGE_BYTES", "bytes", Reason.IMAGE_TOO_LARGE,
           "tests/embedder/test_servicer.py::test_one_bad_face_fails_alone"),
    _fixed("embedder", "pixels of a face's file", limits, "MAX_FACE_IMAGE_PIXELS", "pixels",
           Reason.IMAGE_TOO_MANY_PIXELS, "tests/embedder/test_face_image.py::test_bad_files_are_refused"),
    _fixed("embedder", "faces of one message together", limits, "MAX_EMBED_BYTES", "bytes", Reason.REQUEST_TOO_LARGE,
           "tests/embedder/test_servicer.py::test_all_faces_together_have_a_bound"),
    _set(EmbedderSettings, "faces of one message", "max_faces", "faces", Reason.TOO_MANY_FACES,
         "tests/embedder/test_servicer.py::test_the_number_of_faces_has_bounds"),
    _set(EmbedderSettings, "faces of Embed in progress", "queue", "faces", Reason.OVERLOADED,
         "tests/embedder/test_servicer.py::test_faces_over_the_bound_are_refused_and_the_others_answered"),
    _set(EmbedderSettings, "faces of all streams in progress", "stream_queue", "faces", "read later",
         "tests/embedder/test_servicer.py::test_streams_that_share_little_room_are_slowed_down_and_not_refused"),
    _set(EmbedderSettings, "faces of one stream in progress", "stream_window", "faces", "read later",
         "tests/embedder/test_servicer.py::test_streams_that_share_little_room_are_slowed_down_and_not_refused"),
    # Catalog
    _set(CatalogSettings, "bytes of an image", "max_image_bytes", "bytes", Reason.IMAGE_TOO_LARGE,
         "tests/catalog/servicers/test_index.py::test_what_is_refused_is_refused_by_name"),
    _set(CatalogSettings, "pixels of an image, by its header", "max_image_pixels", "pixels",
         Reason.IMAGE_TOO_MANY_PIXELS,
         "tests/catalog/servicers/test_index.py::test_what_is_refused_is_refused_by_name"),
    _fixed("catalog", "a message of IndexImage", limits, "MAX_CHUNK_MESSAGE_BYTES", "bytes", Reason.REQUEST_TOO_LARGE,
           f"{_UPLOADS}::test_a_chunk_over_the_bound_is_refused"),
    _set(CatalogSettings, "images being indexed, searched for, compared or drawn on; those in chunks wait for a place",
         "max_indexing", "images", Reason.OVERLOADED,
         f"{_UPLOADS}::test_more_uploads_than_places_wait_for_their_turn_once_they_are_here"),
    _set(CatalogSettings, "reads and writes waiting for a thread", "queue", "calls", Reason.OVERLOADED,
         "tests/catalog/test_write_queues.py::test_too_many_writes_are_refused_at_once"),
    _set(CatalogSettings, "libraries", "max_libraries", "libraries", Reason.TOO_MANY_LIBRARIES,
         "tests/catalog/test_catalog.py::test_there_is_a_limit_and_no_second_of_a_name"),
    _set(CatalogSettings, "memory of open libraries, MiB", "memory_mib", "", "idle ones are closed",
         "tests/catalog/test_leases.py::test_the_library_that_nobody_used_for_longest_makes_room"),
    _set(CatalogSettings, "of it DuckDB's for one library", "library_memory_mib", "MiB", "idle ones are closed",
         "tests/catalog/test_leases.py::test_files_have_a_bound_of_their_own"),
    _set(CatalogSettings, "time from a deletion to the erasure of its bytes, of a library that nobody is compacting",
         "compact_after_seconds", "seconds", "the file is written anew",
         "tests/catalog/test_compactor.py::test_what_is_due_is_compacted_and_nothing_else"),
    _set(CatalogSettings, "clients that watch libraries or wait for operations", "max_watchers", "clients",
         Reason.TOO_MANY_WATCHERS,
         "tests/catalog/servicers/test_events.py::test_more_watchers_than_there_may_be_are_refused"),
    _fixed("catalog", "operations that are not done, of all libraries", limits, "MAX_OPERATIONS", "operations",
           Reason.TOO_MANY_OPERATIONS, f"{_OPERATIONS}::test_too_many_at_once_are_refused"),
    _fixed("catalog", "what is kept of an operation's request", limits, "MAX_OPERATION_RECORD_BYTES", "bytes",
           Reason.REQUEST_TOO_LARGE, f"{_OPERATIONS}::test_a_request_that_is_too_large_to_be_kept_is_refused"),
    _fixed("catalog", "how often an operation begins that its service dies of", limits, "MAX_OPERATION_ATTEMPTS",
           "attempts", Reason.OPERATION_INTERRUPTED,
           "tests/catalog/operations/test_restarts.py::test_what_kills_the_service_again_and_again_is_given_up"),
    _set(CatalogSettings, "operations that are kept when they are done", "operations_kept", "operations",
         "the oldest are forgotten", f"{_OPERATIONS}::test_the_newest_that_are_done_are_kept"),
    _set(CatalogSettings, "days for which they are kept", "operations_days", "days", "likewise",
         f"{_OPERATIONS}::test_those_that_were_done_long_ago_are_forgotten"),
    _set(CatalogSettings, "events that a library keeps; a tenth more for a while", "events_kept", "events",
         "the oldest go; then `EVENTS_EXPIRED`",
         "tests/catalog/servicers/test_events.py::test_what_is_not_kept_any_more_is_said"),
    _set(CatalogSettings, "days for which it keeps them", "events_days", "days", "likewise",
         "tests/catalog/test_events.py::test_the_old_ones_go_when_the_library_is_idle"),
    _fixed("catalog", "events of one message to a watcher", limits, "MAX_EVENTS_AT_ONCE", "events", "the next message",
           "tests/catalog/test_events.py::test_a_history_is_read_in_pieces"),
    _fixed("catalog", "paths of a mask", limits, "MAX_MASK_PATHS", "paths", Reason.READ_MASK_INVALID,
           "tests/catalog/servicers/test_field_mask.py::"
           "test_a_mask_of_a_million_paths_is_refused_before_they_are_looked_at"),
    _fixed("catalog", "labels of a filter", limits, "MAX_FILTER_LABELS", "labels", Reason.TOO_MANY_LABELS,
           "tests/catalog/servicers/test_resources.py::test_what_is_refused_is_refused_by_name"),
    _fixed("catalog", "albums of a library", limits, "MAX_ALBUMS", "albums", Reason.TOO_MANY_ALBUMS,
           f"{_NO_ALBUMS}::test_there_are_only_so_many_albums"),
    _fixed("catalog", "images of an album", limits, "MAX_ALBUM_IMAGES", "images", Reason.ALBUM_FULL,
           "tests/catalog/servicers/test_album_images.py::test_an_album_holds_only_so_many_images"),
    _fixed("catalog", "images that one call adds to an album, moves or removes", limits, "MAX_ALBUM_CHANGES", "images",
           Reason.TOO_MANY_IMAGES,
           "tests/catalog/servicers/test_album_images.py::test_what_is_no_list_of_images_is_refused"),
    _fixed("catalog", "smart albums that a name in a filter may mean", limits, "MAX_SMART_ALBUMS_MEANT", "albums",
           Reason.FILTER_INVALID, f"{_ALBUMS}::test_all_smart_albums_of_a_name_are_meant"),
    _fixed("catalog", "albums that an image lists", limits, "MAX_ALBUMS_PER_IMAGE", "albums", "the first ones",
           f"{_ALBUMS}::test_an_image_tells_its_albums_if_it_is_asked"),
    _fixed("catalog", "a description, as it is sent", limits, "MAX_DESCRIPTION_CHARS", "characters",
           Reason.DESCRIPTION_TOO_LONG, f"{_NO_ALBUMS}::test_what_can_be_no_album_is_refused"),
    _fixed("catalog", "a filter in words", limits, "MAX_FILTER_CHARS", "characters", Reason.FILTER_INVALID,
           "tests/catalog/servicers/test_image_filters.py::test_a_filter_without_end_is_refused"),
    _fixed("catalog", "conditions of it", limits, "MAX_FILTER_CONDITIONS", "conditions", Reason.FILTER_INVALID,
           "tests/catalog/expressions/test_image_filter.py::test_what_is_no_filter_says_where"),
    _fixed("catalog", "conditions within each other", limits, "MAX_FILTER_DEPTH", "deep", Reason.FILTER_INVALID,
           "tests/catalog/expressions/test_image_filter.py::test_what_is_no_filter_says_where"),
    _fixed("catalog", "a name, as it is stored", limits, "MAX_DISPLAY_NAME_CHARS", "characters",
           Reason.DISPLAY_NAME_TOO_LONG,
           "tests/catalog/test_display_name.py::test_a_name_has_a_longest_length_as_it_is_stored"),
    _fixed("catalog", "a file's name", limits, "MAX_FILE_NAME_CHARS", "characters", Reason.FILE_NAME_INVALID,
           "tests/catalog/servicers/test_index.py::test_what_is_refused_is_refused_by_name"),
    _fixed("catalog", "the URI of a place", limits, "MAX_SOURCE_URI_CHARS", "characters", Reason.SOURCE_URI_INVALID,
           "tests/catalog/servicers/test_long_text.py::test_an_error_about_a_very_long_text_still_has_a_reason"),
    _fixed("catalog", "places that an image lists", limits, "MAX_SOURCES_PER_IMAGE", "places", "the first ones",
           "tests/catalog/test_library.py::test_every_place_of_many_copies_is_listed_and_can_be_forgotten"),
    _fixed("catalog", "stars of a rating", limits, "MAX_RATING", "", Reason.RATING_OUT_OF_RANGE, f"{_UPDATES}"
           "test_what_can_not_be_said"),
    _fixed("catalog", "characters of an image's description", limits, "MAX_DESCRIPTION_CHARS", "characters",
           Reason.DESCRIPTION_TOO_LONG, f"{_UPDATES}test_what_can_not_be_said"),
    _fixed("catalog", "tags of an image", limits, "MAX_TAGS", "tags", Reason.TOO_MANY_TAGS,
           f"{_UPDATES}test_what_can_not_be_said"),
    _fixed("catalog", "characters of a tag", limits, "MAX_TAG_CHARS", "characters", Reason.TAG_TOO_LONG,
           f"{_UPDATES}test_what_can_not_be_said"),
    _fixed("catalog", "images that one call gets by name", limits, "MAX_BATCH_IMAGES", "images",
           Reason.TOO_MANY_IMAGES, f"{_UPDATES}test_wrong_batches"),
    _fixed("catalog", "images that one call erases by name", limits, "MAX_PURGED_IMAGES", "images",
           Reason.TOO_MANY_IMAGES, "tests/catalog/servicers/test_trash.py::test_wrong_purges"),
    _set(CatalogSettings, "days of an image in the trash", "trash_days", "days", "erased",
         "tests/catalog/test_trash.py::test_what_is_due_is_erased_in_closed_libraries_too"),
    _set(CatalogSettings, "backups of a library that are kept, the newest (0 keeps all)", "backup_newest", "backups",
         "deleted", "tests/catalog/backup/test_backup_folder.py::test_the_newest_of_each_library_are_kept"),
    _set(CatalogSettings, "days for which a backup is kept (0 keeps it for ever)", "backup_days", "days", "deleted",
         "tests/catalog/backup/test_backup_folder.py::test_what_is_too_old_goes_even_if_it_is_the_last"),
    _fixed("catalog", "places that a check names of one kind of fault", integrity, "MAX_EXAMPLES", "places", "counted",
           "tests/catalog/backup/test_verifying.py::test_a_thousand_faults_are_counted_and_a_few_are_named"),
    _fixed("catalog", "hashes that one call asks about", limits, "MAX_CHECKED_IMAGES", "hashes", Reason.TOO_MANY_IMAGES,
           "tests/catalog/servicers/test_image_checks.py::test_wrong_questions"),
    _fixed("catalog", "folders of a library", limits, "MAX_FOLDERS", "folders", Reason.TOO_MANY_FOLDERS,
           f"{_FOLDERS}::test_a_library_has_only_so_many_folders"),
    _fixed("catalog", "patterns of a folder, of each kind", limits, "MAX_FOLDER_PATTERNS", "patterns",
           Reason.TOO_MANY_PATTERNS, f"{_FOLDERS}::test_what_can_be_no_folder_is_refused"),
    _fixed("catalog", "a pattern", limits, "MAX_PATTERN_CHARS", "characters", Reason.PATTERN_INVALID,
           f"{_FOLDERS}::test_what_can_be_no_folder_is_refused"),
    _fixed("catalog", "days until missing photos go to the trash", limits, "MAX_TRASH_MISSING_DAYS", "days",
           Reason.PARAMETER_OUT_OF_RANGE, f"{_FOLDERS}::test_what_can_be_no_folder_is_refused"),
    _fixed("catalog", "files that failed, of which a sync tells why", limits, "MAX_SYNC_FAILURES", "files",
           "the first ones", "tests/catalog/syncing/test_reading.py::test_of_many_bad_files_the_first_are_named"),
    _set(CatalogSettings, "photos that all syncs of folders index at once", "sync_in_flight", "photos", "wait",
         "tests/catalog/syncing/test_feed.py::test_a_feed_has_only_so_many_places"),
    _fixed("catalog", "watched folders of which the system tells, of all libraries", limits, "MAX_WATCHED_FOLDERS",
           "folders", "synced now and then",
           "tests/catalog/following/test_followed_failures.py::test_a_folder_beyond_the_bounds_is_synced_now_and_then"),
    _fixed("catalog", "directories of those folders", limits, "MAX_WATCHED_DIRECTORIES", "directories",
           "synced now and then",
           "tests/catalog/following/test_followed_failures.py::test_a_folder_beyond_the_bounds_is_synced_now_and_then"),
    _set(CatalogSettings, "seconds between two syncs of a watched folder of which the system does not tell",
         "resync_seconds", "seconds", "wait",
         "tests/catalog/following/test_followed_failures.py::test_a_network_disk_is_synced_now_and_then"),
    _fixed("catalog", "places that one call forgets", limits, "MAX_FORGOTTEN_SOURCES", "places",
           Reason.TOO_MANY_SOURCES, "tests/catalog/servicers/test_sources.py::test_what_can_not_be_forgotten"),
    _fixed("catalog", "an answer that is a page or a list of results", limits, "MAX_PAGE_BYTES", "bytes",
           "the next page", "tests/catalog/servicers/test_answer_size.py::"
           "test_images_of_many_places_and_faces_come_in_pages_that_clients_take"),
    _fixed("catalog", "results of one face of a search", limits, "MAX_SEARCH_RESULTS", "results", "the best ones",
           "tests/catalog/servicers/test_search.py::"
           "test_more_results_than_there_may_be_are_brought_down_to_the_limit"),
    _fixed("catalog", "entries of a facet of a summary", limits, "MAX_SUMMARY_ENTRIES", "entries", "the largest ones",
           "tests/catalog/servicers/test_summaries.py::test_a_facet_has_no_more_entries_than_it_may"),
    _fixed("catalog", "buckets of a page of a timeline", limits, "MAX_TIMELINE_BUCKETS", "buckets", "the next page",
           "tests/catalog/servicers/test_summaries.py::test_a_facet_has_no_more_entries_than_it_may"),
    _fixed("catalog", "least height of a cell of the map", limits, "MIN_CELL_DEGREES", "degrees",
           Reason.PARAMETER_OUT_OF_RANGE,
           "tests/catalog/servicers/test_summaries.py::test_what_is_no_summary_is_refused"),
    _fixed("catalog", "greatest height of a cell of the map", limits, "MAX_CELL_DEGREES", "degrees",
           Reason.PARAMETER_OUT_OF_RANGE,
           "tests/catalog/servicers/test_summaries.py::test_what_is_no_summary_is_refused"),
    _fixed("catalog", "results of a search", face_search, "MAX_MATCHES", "results", "the best ones",
           "tests/catalog/search/test_face_search.py::test_many_queries_share_what_one_answer_holds"),
    _fixed("catalog", "longer side of a picture, at least", limits, "MIN_PICTURE_SIDE", "pixels",
           Reason.PARAMETER_OUT_OF_RANGE, f"{_PICTURES}::test_a_thumbnail_has_64_to_1024_pixels"),
    _fixed("catalog", "longer side of a thumbnail", limits, "MAX_THUMBNAIL_SIDE", "pixels",
           Reason.PARAMETER_OUT_OF_RANGE, f"{_PICTURES}::test_a_thumbnail_has_64_to_1024_pixels"),
    _fixed("catalog", "longer side of a large picture", limits, "MAX_PICTURE_SIDE", "pixels",
           Reason.PARAMETER_OUT_OF_RANGE, f"{_PICTURES}::test_a_picture_has_4096_pixels_at_most"),
    _fixed("catalog", "a part of an original or a large picture", limits, "PICTURE_CHUNK_BYTES", "bytes",
           "the next part", "tests/catalog/servicers/test_pictures.py::test_an_original_comes_in_chunks"),
    _fixed("catalog", "memory of all pictures that are being made, beside their decoders", limits,
           "PICTURE_MEMORY_BYTES", "bytes", "a turn",
           "tests/catalog/pictures/test_maker.py::test_pictures_wait_for_each_others_memory"),
    _fixed("catalog", "large pictures on their way to clients", limits, "PICTURE_SENDING_BYTES", "bytes",
           Reason.OVERLOADED, f"{_PICTURES}::test_large_pictures_on_their_way_are_bounded"),
    _set(CatalogSettings, "longer side of the preview that is kept of an image (0 keeps none; at most 2,048)",
         "preview_pixels", "pixels", "smaller", f"{_PICTURES}::test_a_preview_serves_without_the_original"),
    _edit("people", "people that one correction names", "people", Reason.PEOPLE_INVALID,
          "tests/catalog/servicers/test_edit_requests.py::test_what_is_refused_is_refused_by_name"),
    _edit("faces", "faces that one correction names", "faces", Reason.TOO_MANY_FACES,
          "tests/catalog/servicers/test_edit_requests.py::test_what_is_refused_is_refused_by_name"),
    _edit("merged_faces", "faces of the people of one merge", "faces", Reason.TOO_MANY_FACES,
          "tests/catalog/edits/test_edit_bounds.py::test_a_merge_of_too_many_faces_is_refused_and_changes_nothing"),
    _fixed("catalog", "faces of an image, from which on none is drawn on it", limits, "MAX_FACES_WITH_DRAWN", "faces",
           Reason.IMAGE_FULL, "tests/catalog/test_drawn_faces.py::test_an_image_has_room_for_so_many_faces"),
    _fixed("catalog", "shorter side of a face that is drawn, at least", limits, "MIN_DRAWN_SIDE", "pixels",
           Reason.BOX_TOO_SMALL, "tests/catalog/servicers/test_drawing_refusals.py::test_what_can_not_be_drawn"),
    _edit("edits", "corrections that a library remembers", "corrections", "the oldest are forgotten",
          "tests/catalog/edits/test_edit_bounds.py::test_the_oldest_edits_are_forgotten"),
)  # fmt: skip

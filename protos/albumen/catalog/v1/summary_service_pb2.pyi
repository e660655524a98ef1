from albumen.catalog.v1 import image_pb2 as _image_pb2
from albumen.catalog.v1 import image_service_pb2 as _image_service_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SummaryFacet(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUMMARY_FACET_UNSPECIFIED: _ClassVar[SummaryFacet]
    SUMMARY_FACET_LABELS: _ClassVar[SummaryFacet]
    SUMMARY_FACET_PEOPLE: _ClassVar[SummaryFacet]
    SUMMARY_FACET_MONTHS: _ClassVar[SummaryFacet]
    SUMMARY_FACET_DAYS: _ClassVar[SummaryFacet]
    SUMMARY_FACET_CAMERAS: _ClassVar[SummaryFacet]
    SUMMARY_FACET_PLACES: _ClassVar[SummaryFacet]
    SUMMARY_FACET_MEDIA_TYPES: _ClassVar[SummaryFacet]

class TimelineGranularity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIMELINE_GRANULARITY_UNSPECIFIED: _ClassVar[TimelineGranularity]
    TIMELINE_GRANULARITY_YEAR: _ClassVar[TimelineGranularity]
    TIMELINE_GRANULARITY_MONTH: _ClassVar[TimelineGranularity]
    TIMELINE_GRANULARITY_DAY: _ClassVar[TimelineGranularity]
SUMMARY_FACET_UNSPECIFIED: SummaryFacet
SUMMARY_FACET_LABELS: SummaryFacet
SUMMARY_FACET_PEOPLE: SummaryFacet
SUMMARY_FACET_MONTHS: SummaryFacet
SUMMARY_FACET_DAYS: SummaryFacet
SUMMARY_FACET_CAMERAS: SummaryFacet
SUMMARY_FACET_PLACES: SummaryFacet
SUMMARY_FACET_MEDIA_TYPES: SummaryFacet
TIMELINE_GRANULARITY_UNSPECIFIED: TimelineGranularity
TIMELINE_GRANULARITY_YEAR: TimelineGranularity
TIMELINE_GRANULARITY_MONTH: TimelineGranularity
TIMELINE_GRANULARITY_DAY: TimelineGranularity

class SummarizeImagesRequest(_message.Message):
    __slots__ = ("parent", "filter", "facets", "max_results", "first_day", "last_day", "cell_degrees")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FACETS_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    CELL_DEGREES_FIELD_NUMBER: _ClassVar[int]
    parent: str
    filter: _image_service_pb2.ImageFilter
    facets: _containers.RepeatedScalarFieldContainer[SummaryFacet]
    max_results: int
    first_day: _date_pb2.Date
    last_day: _date_pb2.Date
    cell_degrees: float
    def __init__(self, parent: _Optional[str] = ..., filter: _Optional[_Union[_image_service_pb2.ImageFilter, _Mapping]] = ..., facets: _Optional[_Iterable[_Union[SummaryFacet, str]]] = ..., max_results: _Optional[int] = ..., first_day: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., last_day: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., cell_degrees: _Optional[float] = ...) -> None: ...

class SummarizeImagesResponse(_message.Message):
    __slots__ = ("image_count", "size_bytes", "labels", "people", "months", "days", "cameras", "places", "media_types")
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    CAMERAS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPES_FIELD_NUMBER: _ClassVar[int]
    image_count: int
    size_bytes: int
    labels: LabelFacet
    people: PersonFacet
    months: DateFacet
    days: DateFacet
    cameras: CameraFacet
    places: PlaceFacet
    media_types: MediaTypeFacet
    def __init__(self, image_count: _Optional[int] = ..., size_bytes: _Optional[int] = ..., labels: _Optional[_Union[LabelFacet, _Mapping]] = ..., people: _Optional[_Union[PersonFacet, _Mapping]] = ..., months: _Optional[_Union[DateFacet, _Mapping]] = ..., days: _Optional[_Union[DateFacet, _Mapping]] = ..., cameras: _Optional[_Union[CameraFacet, _Mapping]] = ..., places: _Optional[_Union[PlaceFacet, _Mapping]] = ..., media_types: _Optional[_Union[MediaTypeFacet, _Mapping]] = ...) -> None: ...

class LabelFacet(_message.Message):
    __slots__ = ("labels", "other_count", "missing_image_count")
    LABELS_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    labels: _containers.RepeatedCompositeFieldContainer[_image_pb2.LabelCount]
    other_count: int
    missing_image_count: int
    def __init__(self, labels: _Optional[_Iterable[_Union[_image_pb2.LabelCount, _Mapping]]] = ..., other_count: _Optional[int] = ..., missing_image_count: _Optional[int] = ...) -> None: ...

class PersonFacet(_message.Message):
    __slots__ = ("people", "other_count", "missing_image_count")
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    people: _containers.RepeatedCompositeFieldContainer[PersonCount]
    other_count: int
    missing_image_count: int
    def __init__(self, people: _Optional[_Iterable[_Union[PersonCount, _Mapping]]] = ..., other_count: _Optional[int] = ..., missing_image_count: _Optional[int] = ...) -> None: ...

class PersonCount(_message.Message):
    __slots__ = ("person", "display_name", "cover_face", "image_count")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    COVER_FACE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    person: str
    display_name: str
    cover_face: str
    image_count: int
    def __init__(self, person: _Optional[str] = ..., display_name: _Optional[str] = ..., cover_face: _Optional[str] = ..., image_count: _Optional[int] = ...) -> None: ...

class DateFacet(_message.Message):
    __slots__ = ("dates", "other_count", "missing_image_count")
    DATES_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    dates: _containers.RepeatedCompositeFieldContainer[DateCount]
    other_count: int
    missing_image_count: int
    def __init__(self, dates: _Optional[_Iterable[_Union[DateCount, _Mapping]]] = ..., other_count: _Optional[int] = ..., missing_image_count: _Optional[int] = ...) -> None: ...

class DateCount(_message.Message):
    __slots__ = ("date", "image_count")
    DATE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    date: _date_pb2.Date
    image_count: int
    def __init__(self, date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., image_count: _Optional[int] = ...) -> None: ...

class CameraFacet(_message.Message):
    __slots__ = ("cameras", "other_count", "missing_image_count")
    CAMERAS_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    cameras: _containers.RepeatedCompositeFieldContainer[CameraCount]
    other_count: int
    missing_image_count: int
    def __init__(self, cameras: _Optional[_Iterable[_Union[CameraCount, _Mapping]]] = ..., other_count: _Optional[int] = ..., missing_image_count: _Optional[int] = ...) -> None: ...

class CameraCount(_message.Message):
    __slots__ = ("camera", "image_count")
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    camera: _image_pb2.Camera
    image_count: int
    def __init__(self, camera: _Optional[_Union[_image_pb2.Camera, _Mapping]] = ..., image_count: _Optional[int] = ...) -> None: ...

class PlaceFacet(_message.Message):
    __slots__ = ("places", "other_count", "missing_image_count")
    PLACES_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    places: _containers.RepeatedCompositeFieldContainer[PlaceCount]
    other_count: int
    missing_image_count: int
    def __init__(self, places: _Optional[_Iterable[_Union[PlaceCount, _Mapping]]] = ..., other_count: _Optional[int] = ..., missing_image_count: _Optional[int] = ...) -> None: ...

class PlaceCount(_message.Message):
    __slots__ = ("south", "west", "north", "east", "image_count", "image")
    SOUTH_FIELD_NUMBER: _ClassVar[int]
    WEST_FIELD_NUMBER: _ClassVar[int]
    NORTH_FIELD_NUMBER: _ClassVar[int]
    EAST_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    south: float
    west: float
    north: float
    east: float
    image_count: int
    image: str
    def __init__(self, south: _Optional[float] = ..., west: _Optional[float] = ..., north: _Optional[float] = ..., east: _Optional[float] = ..., image_count: _Optional[int] = ..., image: _Optional[str] = ...) -> None: ...

class MediaTypeFacet(_message.Message):
    __slots__ = ("media_types", "other_count")
    MEDIA_TYPES_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    media_types: _containers.RepeatedCompositeFieldContainer[MediaTypeCount]
    other_count: int
    def __init__(self, media_types: _Optional[_Iterable[_Union[MediaTypeCount, _Mapping]]] = ..., other_count: _Optional[int] = ...) -> None: ...

class MediaTypeCount(_message.Message):
    __slots__ = ("mime_type", "image_count")
    MIME_TYPE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    mime_type: str
    image_count: int
    def __init__(self, mime_type: _Optional[str] = ..., image_count: _Optional[int] = ...) -> None: ...

class ListTimelineBucketsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "filter", "granularity", "oldest_first")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    GRANULARITY_FIELD_NUMBER: _ClassVar[int]
    OLDEST_FIRST_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    filter: _image_service_pb2.ImageFilter
    granularity: TimelineGranularity
    oldest_first: bool
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[_Union[_image_service_pb2.ImageFilter, _Mapping]] = ..., granularity: _Optional[_Union[TimelineGranularity, str]] = ..., oldest_first: bool = ...) -> None: ...

class ListTimelineBucketsResponse(_message.Message):
    __slots__ = ("timeline_buckets", "next_page_token")
    TIMELINE_BUCKETS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    timeline_buckets: _containers.RepeatedCompositeFieldContainer[TimelineBucket]
    next_page_token: str
    def __init__(self, timeline_buckets: _Optional[_Iterable[_Union[TimelineBucket, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TimelineBucket(_message.Message):
    __slots__ = ("date", "image_count", "cover_image", "filter_expression")
    DATE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    COVER_IMAGE_FIELD_NUMBER: _ClassVar[int]
    FILTER_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    date: _date_pb2.Date
    image_count: int
    cover_image: str
    filter_expression: str
    def __init__(self, date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., image_count: _Optional[int] = ..., cover_image: _Optional[str] = ..., filter_expression: _Optional[str] = ...) -> None: ...

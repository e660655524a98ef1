"""`albumen timeline`, `albumen summary`, and what `albumen images` hands on of a filter."""

import json

import pytest
from google.type.date_pb2 import Date

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import Camera, LabelCount
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.fake_state import PARENT

SUMMARY = pb.SummarizeImagesResponse(
    image_count=1_234,
    size_bytes=5_600_000_000,
    labels=pb.LabelFacet(labels=[LabelCount(label="cat", image_count=900)], other_count=7, missing_image_count=3),
    people=pb.PersonFacet(
        people=[
            pb.PersonCount(person=f"{PARENT}/people/aa11", display_name="Anna\x1b", image_count=40),
            pb.PersonCount(person=f"{PARENT}/people/bb22cc33", image_count=4),
        ]
    ),
    months=pb.DateFacet(dates=[pb.DateCount(date=Date(year=2024, month=5), image_count=30)]),
    cameras=pb.CameraFacet(cameras=[pb.CameraCount(camera=Camera(make="Canon"), image_count=2)]),
    places=pb.PlaceFacet(places=[pb.PlaceCount(south=1.5, west=-2, north=3, east=4.25, image_count=6)]),
)
BUCKETS = [
    pb.TimelineBucket(
        date=Date(year=2024, month=5),
        image_count=1_200,
        cover_image=f"{PARENT}/images/{'a' * 64}",
        filter_expression="capture_time = 2024-05",
    ),
    pb.TimelineBucket(date=Date(year=999, month=1), image_count=3, cover_image=f"{PARENT}/images/{'b' * 64}"),
    pb.TimelineBucket(image_count=2, cover_image=f"{PARENT}/images/{'c' * 64}"),
]


def test_a_summary_is_a_table_of_what_there_is_most_of(fake: FakeCatalog, run: Run) -> None:
    fake.state.summary = SUMMARY
    finished = run("summary", "--filter", "objects:cat", "--limit", "2", "--cell", "0.5")
    assert finished.exit_code == 0
    lines = [" ".join(line.split()) for line in finished.out.splitlines()]
    for line in (
        "1,234 photos, 5.6 GB",
        "object cat 900",
        "object 7 more",
        "object none 3",
        "person Anna\N{REPLACEMENT CHARACTER} 40",
        "person person bb22cc 4",
        "month 2024-05 30",
        "camera Canon 2",
        "place within(1.5, -2, 3, 4.25) 6",
    ):
        assert line in lines
    (asked,) = fake.state.summarized
    assert isinstance(asked, pb.SummarizeImagesRequest)
    assert (asked.filter.expression, asked.max_results, asked.cell_degrees) == ("objects:cat", 2, 0.5)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1.0", "within(-33.87, 151.2, -33.86, 151.21)"),
        ("0.01", "within(-33.8678, 151.2, -33.8655, 151.2001)"),
        ("0.001", "within(-33.86775, 151.2, -33.86551, 151.20001)"),
        ("45", "within(-33.9, 151.2, -33.8, 151.3)"),
    ],
)
def test_a_place_is_told_without_the_noise_of_floats(fake: FakeCatalog, run: Run, cell: str, told: str) -> None:
    place = pb.PlaceCount(
        south=-33.867741, west=151.20000000000002, north=-33.86551, east=151.20000000000005, image_count=2
    )
    fake.state.summary = pb.SummarizeImagesResponse(image_count=2, places=pb.PlaceFacet(places=[place]))
    assert told in run("summary", "--cell", cell).out


def test_a_summary_for_programs_is_one_object(fake: FakeCatalog, run: Run) -> None:
    fake.state.summary = SUMMARY
    told = json.loads(run("summary", "--json").out)
    assert (told["imageCount"], told["labels"]["labels"][0]["label"]) == (1_234, "cat")


def test_a_timeline_lists_months_and_says_how_to_see_their_photos(fake: FakeCatalog, run: Run) -> None:
    fake.state.timeline = BUCKETS
    finished = run("timeline")
    lines = [" ".join(line.split()) for line in finished.out.splitlines()]
    assert {"2024-05 1,200 aaaaaaaaaa", "0999-01 3 bbbbbbbbbb", "unknown 2 cccccccccc"} <= set(lines)
    assert "albumen images --filter 'capture_time = 2024-05'" in finished.out


def test_a_timeline_asks_for_what_it_is_told_to(fake: FakeCatalog, run: Run) -> None:
    fake.state.timeline = BUCKETS
    finished = run("timeline", "--by", "day", "--oldest-first", "--filter", "dog", "--limit", "1", "--json")
    assert [json.loads(line)["imageCount"] for line in finished.out.splitlines()] == [1_200]
    asked = fake.state.summarized[0]
    assert isinstance(asked, pb.ListTimelineBucketsRequest)
    assert (asked.granularity, asked.oldest_first, asked.filter.expression, asked.page_size) == (
        pb.TIMELINE_GRANULARITY_DAY,
        True,
        "dog",
        2,
    )


@pytest.mark.usefixtures("fake")
def test_nothing_to_tell_is_told(run: Run) -> None:
    assert "No image is indexed yet" in run("timeline").out
    assert "No image matches." in run("timeline", "--filter", "dog").out
    assert run("summary").out.strip() == "0 photos, 0 bytes"
    assert run("timeline", "--by", "hour").exit_code == 2


def test_images_hand_on_a_filter_and_an_order(fake: FakeCatalog, run: Run) -> None:
    assert run("images", "--filter", "objects:cat", "--order-by", "capture_time desc").exit_code == 0
    (asked,) = fake.state.listed
    assert (asked.filter.expression, asked.order_by) == ("objects:cat", "capture_time desc")

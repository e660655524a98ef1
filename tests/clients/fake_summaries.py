"""Summaries of the fake catalog: those that a test has put there."""

# ruff: noqa: N802, ARG002

import grpc

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.summary_service_pb2_grpc import SummaryServiceServicer
from tests.clients.fake_state import Faults


class FakeSummaryService(Faults, SummaryServiceServicer):
    def SummarizeImages(
        self, request: pb.SummarizeImagesRequest, context: grpc.ServicerContext
    ) -> pb.SummarizeImagesResponse:
        self.state.summarized.append(request)
        return self.state.summary

    def ListTimelineBuckets(
        self, request: pb.ListTimelineBucketsRequest, context: grpc.ServicerContext
    ) -> pb.ListTimelineBucketsResponse:
        self.state.summarized.append(request)
        found, token = self.page(self.state.timeline, request.page_token)
        return pb.ListTimelineBucketsResponse(timeline_buckets=found, next_page_token=token)

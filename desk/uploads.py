"""Files that people upload stay in memory: on a disk, one would outlast a process that is killed."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NeverOnDisk(FileUploadHandler):
    """Keeps up to UPLOAD_KEPT_BYTES of a file. What comes after is only counted, so that its form can refuse it."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        room = settings.UPLOAD_KEPT_BYTES - self.file.tell()
        self.file.write(raw_data[: max(room, 0)])

    def file_complete(self, file_size):
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

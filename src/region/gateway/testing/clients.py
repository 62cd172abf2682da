"""Calls the local region with botocore and prints what came, one JSON object a line."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
session = boto3.Session("AKIDEXAMPLE", "secret", region_name="eu-central-1")


def client(name, **options):
    config = Config(retries={"max_attempts": 0}, inject_host_prefix=False, **options)
    return session.client(name, endpoint_url=endpoint, config=config)


def show(name, call):
    try:
        print(json.dumps({"name": name, "value": call()}, default=str))
    except ClientError as error:
        answer = error.response
        print(json.dumps({
            "name": name,
            "error": answer["Error"]["Code"],
            "class": type(error).__name__,
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "requestId": bool(answer["ResponseMetadata"].get("RequestId")),
        }))


s3 = client("s3", s3={"addressing_style": "path"})
location = {"LocationConstraint": "eu-central-1"}
show("bucket", lambda: s3.create_bucket(Bucket="photos", CreateBucketConfiguration=location)["Location"])
show("location", lambda: s3.get_bucket_location(Bucket="photos")["LocationConstraint"])
show("put", lambda: s3.put_object(Bucket="photos", Key="a b/é", Body=b"hello", Metadata={"who": "me"})["ETag"])
show("get", lambda: s3.get_object(Bucket="photos", Key="a b/é")["Body"].read().decode())
show("head", lambda: s3.head_object(Bucket="photos", Key="none"))
show("list", lambda: [item["Key"] for item in s3.list_objects_v2(Bucket="photos")["Contents"]])
show("nokey", lambda: s3.get_object(Bucket="photos", Key="none"))
s3.upload_fileobj(__import__("io").BytesIO(b"x" * 20_000_000), "photos", "large")
show("multipart", lambda: len(s3.get_object(Bucket="photos", Key="large")["Body"].read()))
show("presigned", lambda: __import__("urllib.request").request.urlopen(
    s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "a b/é"})).read().decode())
show("delete", lambda: len(s3.delete_objects(
    Bucket="photos", Delete={"Objects": [{"Key": "large"}, {"Key": "a b/é"}]})["Deleted"]))

show("identity", lambda: client("sts").get_caller_identity()["Account"])
iam = client("iam")
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
show("role", lambda: iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"])
show("trust", lambda: iam.get_role(RoleName="app")["Role"]["AssumeRolePolicyDocument"] == trust)
show("norole", lambda: iam.get_role(RoleName="none"))

logs = client("logs")
show("group", lambda: logs.create_log_group(logGroupName="/app")["ResponseMetadata"]["HTTPStatusCode"])
show("nogroup", lambda: logs.describe_log_streams(logGroupName="/none"))
secrets = client("secretsmanager")
show("secret", lambda: secrets.create_secret(Name="db", SecretBinary=b"\x00\xff")["Name"])
show("binary", lambda: list(secrets.get_secret_value(SecretId="db")["SecretBinary"]))

ec2 = client("ec2")
show("vpcs", lambda: ec2.describe_vpcs(Filters=[{"Name": "n", "Values": ["a", "b"]}])["Vpcs"])
show("novpc", lambda: ec2.describe_vpcs(VpcIds=["vpc-0"]))
show("noaction", lambda: ec2.describe_hosts())
elbv2 = client("elbv2")
show("balancers", lambda: [item["LoadBalancerName"] for item in elbv2.describe_load_balancers(Names=[])["LoadBalancers"]])
show("nobalancer", lambda: elbv2.describe_load_balancers(Names=["none"]))
show("nocluster", lambda: client("ecs").describe_services(cluster="x", services=["y"]))
show("unknown", lambda: client("rds").describe_db_instances())
show("unknownjson", lambda: client("dynamodb").list_tables())
show("unknownrest", lambda: client("lambda").list_functions())
